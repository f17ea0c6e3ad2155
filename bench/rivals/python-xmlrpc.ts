import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerPid, StartServer } from "../peer.js";

/** Python's own server, a thread a connection, with keep-alive: the best that its standard library does. */
const PROGRAM = `
import os, socketserver, sys, threading
from xmlrpc.server import SimpleXMLRPCServer, SimpleXMLRPCRequestHandler
class Handler(SimpleXMLRPCRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
class Server(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True
    request_queue_size = 128
server = Server(("127.0.0.1", 0), Handler, logRequests=False)
server.register_function(lambda value: value, "echo")
# Whoever started this is gone when its end of stdin is.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
`;

let python: ChildProcess | undefined;

/** XML-RPC as Python's standard library serves it. */
export const start: StartServer = async () => {
  python = spawn("python3", ["-c", PROGRAM], { stdio: ["pipe", "pipe", "ignore"] });
  if (python.stdout === null) throw new Error("Python has no output.");
  const [port] = await once(python.stdout, "data");
  return `tcp://127.0.0.1:${Number(String(port))}`;
};

/** The Python process; this one only started it. */
export const pid: ServerPid = () => python?.pid;
