import { functions } from "../../src/contract/functions.js";
import { type Implementation, implement } from "../../src/contract/implement.js";
import { clientStream, serverStream } from "../../src/contract/method.js";
import { serviceOf } from "../../src/contract/proto-service.js";
import { type Service, service } from "../../src/contract/service.js";
import { echoProto } from "../callwire/echo-proto.js";
import type { Case } from "./cases.js";

/** Messages in one stream. */
export const STREAMED = 500;

/** The service of a case, what a client of it is made of, and its messages. */
export interface Echo {
  readonly implementation: Implementation;
  readonly contract: Service | string;
  readonly message: unknown;
}

const TEXT = "20-byte payload.....";

const STREAMS = service("bench.Streams", { repeat: serverStream(), last: clientStream() });

/** The methods that stream: as plain as they can be, so that little of what is counted is theirs. */
const streaming = {
  *repeat(message: unknown) {
    for (let i = 0; i < STREAMED; i += 1) yield message;
  },
  async last(messages: AsyncIterable<unknown>): Promise<unknown> {
    let last: unknown;
    for await (const message of messages) last = message;
    return last;
  },
};

/** Makes the service that a case calls: protobuf where its messages are bytes, else plain functions or a contract without schemas. */
export function echoOf({ bytes, load }: Pick<Case, "bytes" | "load">): Echo {
  const echo = load === "deadline" ? promised : same;
  const calls = load === "unary" || load === "deadline";
  if (bytes) {
    const contract = serviceOf(echoProto(calls ? "Echo" : "Streams"));
    const methods = calls ? { echo } : { ...streaming, copy: same };
    return { implementation: implement(contract.desc, methods), contract, message: { text: TEXT } };
  }
  if (calls) return { implementation: functions("bench", { echo }), contract: "bench", message: TEXT };
  return { implementation: implement(STREAMS, streaming), contract: STREAMS, message: TEXT };
}

function same(message: unknown): unknown {
  return message;
}

async function promised(message: unknown): Promise<unknown> {
  return message;
}
