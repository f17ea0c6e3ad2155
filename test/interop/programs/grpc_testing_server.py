"""TestService by grpcio. Usage: grpc_testing_server.py DESCRIPTOR_SET NoCompression|Deflate|Gzip; prints `port N`."""
import concurrent.futures
import sys
import time

import grpc

from grpc_testing import INITIAL, METHODS, SERVICE, TRAILING, messages

PATH, CODING = sys.argv[1:]
MESSAGES = messages(PATH)
STATUSES = {code.value[0]: code for code in grpc.StatusCode}


def echo(call):
    fields = dict(call.invocation_metadata())
    if INITIAL in fields:
        call.send_initial_metadata(((INITIAL, fields[INITIAL]),))
    if TRAILING in fields:
        call.set_trailing_metadata(((TRAILING, fields[TRAILING]),))


def fail_as_asked(status, call):
    if status.code != 0:
        call.abort(STATUSES[status.code], status.message)


def empty_call(_request, _call):
    return MESSAGES["Empty"]()


def unary_call(request, call):
    echo(call)
    fail_as_asked(request.response_status, call)
    return MESSAGES["SimpleResponse"](payload={"body": bytes(request.response_size)})


def streaming_output_call(request, _call):
    for wanted in request.response_parameters:
        time.sleep(wanted.interval_us / 1e6)
        yield MESSAGES["StreamingOutputCallResponse"](payload={"body": bytes(wanted.size)})


def streaming_input_call(requests, _call):
    size = sum(len(request.payload.body) for request in requests)
    return MESSAGES["StreamingInputCallResponse"](aggregated_payload_size=size)


def full_duplex_call(requests, call):
    echo(call)
    for request in requests:
        fail_as_asked(request.response_status, call)
        yield from streaming_output_call(request, call)


def half_duplex_call(requests, call):
    yield from full_duplex_call(list(requests), call)


FUNCTIONS = {
    "EmptyCall": empty_call,
    "UnaryCall": unary_call,
    "StreamingOutputCall": streaming_output_call,
    "StreamingInputCall": streaming_input_call,
    "FullDuplexCall": full_duplex_call,
    "HalfDuplexCall": half_duplex_call,
}
MAKE = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def handler(name):
    streams_in, streams_out, sent, _ = METHODS[name]
    make = MAKE[streams_in, streams_out]
    return make(FUNCTIONS[name], MESSAGES[sent].FromString, lambda answer: answer.SerializeToString())


server = grpc.server(concurrent.futures.ThreadPoolExecutor(40), compression=grpc.Compression[CODING])
service = SERVICE.strip("/")
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {n: handler(n) for n in METHODS}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"port {port}", flush=True)
server.wait_for_termination()
