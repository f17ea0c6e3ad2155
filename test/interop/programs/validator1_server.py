"""Serves the eight methods of xmlrpc.com's first validation suite. Usage: validator1_server.py; prints `port N`."""
import os
from xmlrpc.server import SimpleXMLRPCServer


def array_of_structs(structs):
    return sum(struct["curly"] for struct in structs)


def count_the_entities(text):
    return {
        "ctLeftAngleBrackets": text.count("<"),
        "ctRightAngleBrackets": text.count(">"),
        "ctAmpersands": text.count("&"),
        "ctApostrophes": text.count("'"),
        "ctQuotes": text.count('"'),
    }


def easy_struct(struct):
    return struct["moe"] + struct["larry"] + struct["curly"]


METHODS = {
    "arrayOfStructsTest": array_of_structs,
    "countTheEntities": count_the_entities,
    "easyStructTest": easy_struct,
    "echoStructTest": lambda struct: struct,
    "manyTypesTest": lambda *values: list(values),
    "moderateSizeArrayCheck": lambda texts: texts[0] + texts[-1],
    "nestedStructTest": lambda calendar: easy_struct(calendar["2000"]["04"]["01"]),
    "simpleStructReturnTest": lambda n: {"times10": n * 10, "times100": n * 100, "times1000": n * 1000},
}

with SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, use_builtin_types=True) as server:
    for name, method in METHODS.items():
        server.register_function(method, f"validator1.{name}")
    print("port", server.server_address[1], flush=True)
    if os.getppid() != 1:
        server.serve_forever()
