// The server under test: told on its standard input what to be, it says on its standard output where it is, and serves until SIGTERM.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { serve } from "callwire";
import { conformanceService } from "./conformance-service.js";
import { delimited, readDelimited } from "./delimited.js";
import { loadSuite } from "./messages.js";
import type { ServerRequest } from "./shapes.js";

const suite = await loadSuite();
const { value: told } = await readDelimited(process.stdin).next();
if (!(told instanceof Uint8Array))
  throw new Error("There is no ServerCompatRequest: let connectconformance start this.");
// The descriptor says so.
const request = fromBinary(suite.message("ServerCompatRequest"), told) as unknown as ServerRequest;
const { serverCreds, clientTlsCert, messageReceiveLimit, useTls } = request;
if (useTls && serverCreds === undefined) throw new Error("A server with TLS needs server_creds.");

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const server = await serve([conformanceService(suite)], {
  listen: [useTls ? "tls://127.0.0.1:0" : "tcp://127.0.0.1:0"],
  ...(messageReceiveLimit > 0 ? { maxMessageBytes: messageReceiveLimit } : {}),
  ...(serverCreds !== undefined && useTls
    ? {
        tls: {
          cert: text(serverCreds.cert),
          key: text(serverCreds.key),
          ...(clientTlsCert.length > 0 ? { ca: text(clientTlsCert) } : {}),
        },
      }
    : {}),
});
process.once("SIGTERM", () => void server.stop({ graceMs: 0 }).then(() => process.exit(0)));

const { hostname, port } = new URL((server.addresses[0] ?? "").replace(/^[a-z]+:/u, "http:"));
const answer = suite.message("ServerCompatResponse");
const pemCert = useTls ? (serverCreds?.cert ?? new Uint8Array(0)) : new Uint8Array(0);
process.stdout.write(delimited(toBinary(answer, create(answer, { host: hostname, port: Number(port), pemCert }))));
