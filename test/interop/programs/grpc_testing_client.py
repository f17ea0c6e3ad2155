"""Calls TestService by grpcio. Usage: grpc_testing_client.py HOST:PORT DESCRIPTOR_SET NoCompression|Deflate|Gzip; prints `ok CASE` for each."""
import concurrent.futures
import queue
import sys

import grpc

from grpc_testing import INITIAL, METHODS, SERVICE, TRAILING, messages

ADDRESS, PATH, CODING = sys.argv[1:]
MESSAGES = messages(PATH)
SimpleRequest = MESSAGES["SimpleRequest"]
Input = MESSAGES["StreamingInputCallRequest"]
Output = MESSAGES["StreamingOutputCallRequest"]
LARGE = {"response_size": 314_159, "payload": {"body": bytes(271_828)}}
STREAMED = [(27_182, 31_415), (8, 9), (1828, 2653), (45_904, 58_979)]
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
ECHOED = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))

channel = grpc.insecure_channel(ADDRESS, compression=grpc.Compression[CODING])


def multicallable(name):
    streams_in, streams_out, _, answered = METHODS[name]
    way = "_".join("stream" if streams else "unary" for streams in (streams_in, streams_out))
    make = getattr(channel, way)
    return make(SERVICE + name, lambda message: message.SerializeToString(), MESSAGES[answered].FromString)


call = {name: multicallable(name) for name in METHODS}


def check(actual, expected):
    assert actual == expected, f"expected {expected!r:.500}, and got {actual!r:.500}"


def output(asked, answered, **more):
    return Output(payload={"body": bytes(asked)}, response_parameters=[{"size": answered}], **more)


def failure(answer):
    """What a call fails with, whether it is one message or a stream."""
    try:
        answer() if callable(answer) else list(answer)
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call was expected to fail")


def talk(said):
    """Messages that are sent when they are put into a queue; None ends them."""
    return iter(said.get, None)


def empty_unary():
    check(call["EmptyCall"](MESSAGES["Empty"]()), MESSAGES["Empty"]())


def large_unary(_=None):
    check(call["UnaryCall"](SimpleRequest(**LARGE)).payload.body, bytes(314_159))


def client_streaming():
    sent = (Input(payload={"body": bytes(asked)}) for asked, _ in STREAMED)
    check(call["StreamingInputCall"](sent).aggregated_payload_size, 74_922)


def server_streaming():
    wanted = [answered for _, answered in STREAMED]
    answers = call["StreamingOutputCall"](Output(response_parameters=[{"size": size} for size in wanted]))
    check([len(answer.payload.body) for answer in answers], wanted)


def ping_pong():
    said = queue.SimpleQueue()
    answers = call["FullDuplexCall"](talk(said))
    for asked, answered in STREAMED:
        said.put(output(asked, answered))
        check(len(next(answers).payload.body), answered)
    said.put(None)
    check(list(answers), [])


def half_duplex():
    answers = call["HalfDuplexCall"](iter([output(*sizes) for sizes in STREAMED]))
    check([len(answer.payload.body) for answer in answers], [answered for _, answered in STREAMED])


def empty_stream():
    check(list(call["FullDuplexCall"](iter([]))), [])


def timeout_on_sleeping_server():
    said = queue.SimpleQueue()
    said.put(output(27_182, 1))
    answers = call["FullDuplexCall"](talk(said), timeout=0.2)
    next(answers)
    check(failure(answers).code(), grpc.StatusCode.DEADLINE_EXCEEDED)
    said.put(None)


def timeout_before_the_first_answer():
    slow = Output(response_parameters=[{"interval_us": 60_000_000}])
    check(failure(call["StreamingOutputCall"](slow, timeout=0.02)).code(), grpc.StatusCode.DEADLINE_EXCEEDED)


def cancel_after_begin():
    said = queue.SimpleQueue()
    future = call["StreamingInputCall"].future(talk(said))
    future.cancel()
    check(future.code(), grpc.StatusCode.CANCELLED)
    said.put(None)


def cancel_after_first_response():
    said = queue.SimpleQueue()
    said.put(output(27_182, 31_415))
    answers = call["FullDuplexCall"](talk(said))
    check(len(next(answers).payload.body), 31_415)
    answers.cancel()
    check(failure(answers).code(), grpc.StatusCode.CANCELLED)
    said.put(None)


def failing(message):
    status = {"code": 2, "message": message}
    for answer in (lambda: call["UnaryCall"](SimpleRequest(response_status=status)),
                   call["FullDuplexCall"](iter([output(1, 1, response_status=status)]))):
        error = failure(answer)
        check((error.code(), error.details()), (grpc.StatusCode.UNKNOWN, message))


def status_code_and_message():
    failing("test status method")


def special_status_message():
    failing(SPECIAL)


def every_status():
    for code in grpc.StatusCode:
        if code is not grpc.StatusCode.OK:
            status = {"code": code.value[0], "message": code.name}
            error = failure(lambda: call["UnaryCall"](SimpleRequest(response_status=status)))
            check((error.code(), error.details()), (code, code.name))


def custom_metadata():
    _, unary = call["UnaryCall"].with_call(SimpleRequest(**LARGE), metadata=ECHOED)
    stream = call["FullDuplexCall"](iter([output(271_828, 314_159)]), metadata=ECHOED)
    check([len(answer.payload.body) for answer in stream], [314_159])
    for each in (unary, stream):
        check(dict(each.initial_metadata())[INITIAL], ECHOED[0][1])
        check(dict(each.trailing_metadata())[TRAILING], ECHOED[1][1])


def binary_metadata():
    """Bytes of every value, in every length that base64 pads in another way, and none."""
    for value in (bytes(range(256)), b"", b"\x00", b"\xff\xfe", b"\xfb\xef\xbe"):
        _, unary = call["UnaryCall"].with_call(SimpleRequest(), metadata=((TRAILING, value),))
        check(dict(unary.trailing_metadata())[TRAILING], value)


def unimplemented_method():
    unknown = channel.unary_unary(SERVICE + "UnimplementedCall")
    check(failure(lambda: unknown(b"")).code(), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service():
    unknown = channel.unary_unary("/grpc.testing.UnimplementedService/UnimplementedCall")
    check(failure(lambda: unknown(b"")).code(), grpc.StatusCode.UNIMPLEMENTED)


def broken_message():
    raw = channel.unary_unary(SERVICE + "UnaryCall")
    check(failure(lambda: raw(b"\xff\xff\xff")).code(), grpc.StatusCode.INVALID_ARGUMENT)


def oversized_message():
    raw = channel.unary_unary(SERVICE + "UnaryCall")
    check(failure(lambda: raw(bytes(4 * 1024 * 1024 + 1))).code(), grpc.StatusCode.RESOURCE_EXHAUSTED)


def large_unary_at_once():
    with concurrent.futures.ThreadPoolExecutor(25) as pool:
        list(pool.map(large_unary, range(100)))


def long_streams():
    sent = (Input(payload={"body": bytes(50_000)}) for _ in range(100))
    check(call["StreamingInputCall"](sent).aggregated_payload_size, 5_000_000)
    answers = call["StreamingOutputCall"](Output(response_parameters=[{"size": 50_000}] * 100))
    check(sum(len(answer.payload.body) for answer in answers), 5_000_000)


for case in (empty_unary, large_unary, client_streaming, server_streaming, ping_pong, half_duplex, empty_stream,
             timeout_on_sleeping_server, timeout_before_the_first_answer, cancel_after_begin, cancel_after_first_response,
             status_code_and_message, special_status_message, every_status, custom_metadata, binary_metadata,
             unimplemented_method, unimplemented_service, broken_message, oversized_message, large_unary_at_once,
             long_streams):
    try:
        case()
    except Exception as error:
        sys.exit(f"{case.__name__}: {type(error).__name__}: {error}")
    print(f"ok {case.__name__}", flush=True)
