"""What the programs of grpcio share: the messages of testing.proto, made of a descriptor set at run time."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "/grpc.testing.TestService/"
INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"
# Method: whether its request and its answer are streams, and what they are made of.
METHODS = {
    "EmptyCall": (False, False, "Empty", "Empty"),
    "UnaryCall": (False, False, "SimpleRequest", "SimpleResponse"),
    "StreamingOutputCall": (False, True, "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
    "StreamingInputCall": (True, False, "StreamingInputCallRequest", "StreamingInputCallResponse"),
    "FullDuplexCall": (True, True, "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
    "HalfDuplexCall": (True, True, "StreamingOutputCallRequest", "StreamingOutputCallResponse"),
}


def messages(path):
    """The classes of the messages of a descriptor set, by their names."""
    pool = descriptor_pool.DescriptorPool()
    with open(path, "rb") as file:
        for each in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.Add(each)
    factory = message_factory.MessageFactory(pool)
    names = {name for method in METHODS.values() for name in method[2:]}
    return {name: factory.GetPrototype(pool.FindMessageTypeByName("grpc.testing." + name)) for name in names}
