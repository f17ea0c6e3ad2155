"""The servers of RPC tutorials, which know neither ids nor headers. Usage: server.py blocking|threading|forking; prints its port."""
import json
import math
import os
import socketserver
import struct
import sys


def ping(params):
    return "pong", params


def pi(n):
    total = 0.0
    for i in range(n + 1):
        total += 1.0 / (2 * i + 1) / (2 * i + 1)
    return "pi_r", math.sqrt(8 * total)


HANDLERS = {"ping": ping, "pi": pi}


class Handler(socketserver.BaseRequestHandler):
    def receive(self, n):
        parts = []
        while n > 0:
            part = self.request.recv(n)
            if not part:
                return None
            parts.append(part)
            n -= len(part)
        return b"".join(parts)

    def handle(self):
        while True:
            prefix = self.receive(4)
            if prefix is None:
                return
            (length,) = struct.unpack("I", prefix)
            request = json.loads(self.receive(length))
            out, result = HANDLERS[request["in"]](request["params"])
            response = json.dumps({"out": out, "result": result}).encode("utf-8")
            self.request.sendall(struct.pack("I", len(response)))
            self.request.sendall(response)


KINDS = {
    "blocking": socketserver.TCPServer,
    "threading": socketserver.ThreadingTCPServer,
    "forking": socketserver.ForkingTCPServer,
}

if __name__ == "__main__":
    server_class = KINDS[sys.argv[1]]
    server_class.allow_reuse_address = True
    server_class.daemon_threads = True
    with server_class(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        if os.getppid() != 1:
            server.serve_forever()
