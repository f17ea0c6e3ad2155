"""The blocking client of RPC tutorials: ten pings over one connection. Usage: client.py HOST PORT [struct format of the length]"""
import json
import socket
import struct
import sys

fmt = sys.argv[3] if len(sys.argv) > 3 else "I"
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect((sys.argv[1], int(sys.argv[2])))


def rpc(in_, params):
    request = json.dumps({"in": in_, "params": params})
    sock.sendall(struct.pack(fmt, len(request)))
    sock.sendall(request.encode("utf-8"))
    prefix = sock.recv(4, socket.MSG_WAITALL)
    (length,) = struct.unpack(fmt, prefix)
    body = sock.recv(length, socket.MSG_WAITALL)
    response = json.loads(body)
    return response["out"], response["result"]


for i in range(10):
    out, result = rpc("ping", "ireader %d" % i)
    print(out, result, flush=True)
print(*rpc("pi", 1000), flush=True)
sock.close()
