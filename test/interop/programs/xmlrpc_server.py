"""Python's XML-RPC server with a method of each kind. Usage: xmlrpc_server.py [--threads] [--keep-alive]; prints `port N`."""
import datetime
import os
import socketserver
import sys
import xmlrpc.client
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer


class Handler(SimpleXMLRPCRequestHandler):
    protocol_version = "HTTP/1.1" if "--keep-alive" in sys.argv else "HTTP/1.0"


# Callers connect many at a time; more than wait are held up for a second by the system.
SimpleXMLRPCServer.request_queue_size = 128


class ThreadingServer(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True


def add(a, b):
    """Adds two numbers."""
    return a + b


def echo(value):
    return value


def fail():
    raise xmlrpc.client.Fault(42, "no")


def crash():
    raise ValueError("broken")


def types():
    return {
        "int": [0, -1, 2**31 - 1, -(2**31)],
        "float": [0.5, -0.0, 1e300, 5e-324, 0.1 + 0.2, float("inf"), float("-inf")],
        "bool": [True, False],
        "str": ["", "  blanks  ", "<a href=\"x\">&amp; 'y'</a> ]]>", "line\nbreak\ttab", "é 漢字 🦊"],
        "datetime": datetime.datetime(1998, 7, 17, 14, 8, 55),
        "bytes": bytes(range(256)),
        "none": None,
        "nested": {"": [[], {}, [[{"deep": [None]}]]], "a b": {"<": 1}},
    }


def repeat(text, times):
    """Long answers come compressed to those who ask for it."""
    return text * times


# Python speaks XML-RPC's first form, where integers have 32 bits; nil is its one extension.
server_class = ThreadingServer if "--threads" in sys.argv else SimpleXMLRPCServer
with server_class(("127.0.0.1", 0), Handler, logRequests=False, allow_none=True, use_builtin_types=True) as server:
    server.register_introspection_functions()
    server.register_multicall_functions()
    for function in (add, echo, fail, crash, types, repeat):
        server.register_function(function)
    server.register_function(add, "deep.down.add")
    server.register_function(echo, "größe")
    print("port", server.server_address[1], flush=True)
    if os.getppid() != 1:
        server.serve_forever()
