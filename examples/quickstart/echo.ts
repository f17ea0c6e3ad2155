import { type Code, implement, RpcError } from "callwire";
import { setTimeout as delay } from "node:timers/promises";
import { EchoService } from "./gen/echo_pb.ts";

/** The codes that `fail:CODE:MESSAGE` may name. */
const CODES: readonly Code[] = [
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
];

/** A service declared in echo.proto, one method of each shape. */
export const echoService = implement(EchoService, {
  echo: ({ text, payload }) => said(text, payload),
  async *count({ to, delayMs }, call) {
    for (let n = 1; n <= to; n += 1) {
      if (delayMs > 0) await delay(delayMs, undefined, { signal: call.signal });
      yield { n };
    }
  },
  async sum(numbers) {
    let sum = 0n;
    for await (const { n } of numbers) sum += n;
    if (BigInt.asIntN(64, sum) !== sum) throw new RpcError("out_of_range", `The sum ${sum} has more than 64 bits.`);
    return { sum };
  },
  async *chat(messages) {
    for await (const { text, payload } of messages) yield said(text, payload);
  },
});

/** What was sent, or the error that was asked for. */
function said(text: string, payload: Uint8Array): { text: string; payload: Uint8Array } {
  const { name, message = "" } = /^fail:(?<name>[^:]*):(?<message>.*)$/su.exec(text)?.groups ?? {};
  if (name === undefined) return { text, payload };
  // As callwire spells it, or as gRPC does: not_found, NOT_FOUND.
  const code = CODES.find((each) => each === name.toLowerCase().replace("cancelled", "canceled"));
  if (code === undefined)
    throw new RpcError("invalid_argument", `There is no code ${JSON.stringify(name)}: choose of ${CODES.join(", ")}.`);
  throw new RpcError(code, message);
}
