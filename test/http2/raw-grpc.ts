import { type Client, connect, type ConnectOptions, RpcError } from "callwire/client";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { message } from "../grpc/message.js";
import {
  data,
  type Field,
  frame,
  headers,
  numbers,
  type RawFrame,
  type RawHttp2,
  rawServer,
  settings,
} from "./raw-http2.js";

/** A server of gRPC that is made by hand: what each of its connections says is the test's to write. */
export interface RawGrpc {
  readonly client: Client<typeof EchoService>;
  readonly url: string;
  /** Its connections, in the order in which they came; one that is still to come is waited for. */
  readonly connection: (index: number) => Promise<RawHttp2>;
  readonly connections: readonly RawHttp2[];
}

const OK: readonly Field[] = [
  [":status", "200"],
  ["content-type", "application/grpc"],
];

/** A client of ours, and the server that it calls, until the running test ends. `greet`: what is said on each connection before anything else. */
export async function rawGrpc(options: ConnectOptions = {}, greet: readonly Uint8Array[] = HELLO): Promise<RawGrpc> {
  const connections: RawHttp2[] = [];
  let arrived: () => void = () => {};
  const port = await rawServer(async (peer) => {
    if (greet.length > 0) peer.write(...greet);
    connections.push(peer);
    arrived();
  });
  const url = `grpc://127.0.0.1:${port}`;
  const client = connect(EchoService, url, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return {
    client,
    url,
    connections,
    async connection(index) {
      for (;;) {
        const found = connections[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (arrived = resolve));
      }
    },
  };
}

/** A server's first words. */
export const HELLO: readonly Uint8Array[] = [settings(), frame(FRAME.settings, { flags: FLAG.ack })];

/** The number of the next call that comes. */
export async function nextCall(server: RawHttp2): Promise<number> {
  return (await server.until((each) => each.type === FRAME.headers)).id;
}

/** A whole answer to a call of one message. */
export function answering(id: number, text: string): Buffer {
  return Buffer.concat([headers(id, OK), data(id, message(text)), headers(id, [["grpc-status", "0"]], { end: true })]);
}

/** A GOAWAY. */
export function goodbye(last: number, code = 0, debug = ""): Buffer {
  return frame(FRAME.goaway, {}, Buffer.concat([numbers(last, code), Buffer.from(debug)]));
}

/** Whether a frame is a PING that wants an answer. */
export const isPing = (each: RawFrame): boolean => each.type === FRAME.ping && (each.flags & FLAG.ack) === 0;

/** How a call ended: its text, or the code of its error. */
export async function outcome(answer: Promise<{ text: string }>): Promise<string> {
  return await answer.then(
    ({ text }) => text,
    (error: unknown) => (error instanceof RpcError ? error.code : String(error)),
  );
}
