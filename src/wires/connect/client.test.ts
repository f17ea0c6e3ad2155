import { expect, test } from "vitest";
import type { CallHead, Dispatch } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { HttpAsk, HttpIn, HttpOut } from "../http.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { connectClient } from "./client.js";

const REFUSED = failure("unavailable", "Nobody looked at it.");
const HEAD: CallHead = {
  path: "a.B/c",
  codec: "json",
  timeoutMs: undefined,
  fields: [],
  peer: { address: "" },
  positional: false,
};

/** A client whose requests are told, and whose exchanges wait in `heard`. */
function asking(): { dispatch: Dispatch; said: string[]; heard: HttpIn[]; ended: Status[] } {
  const said: string[] = [];
  const heard: HttpIn[] = [];
  const ended: Status[] = [];
  const tell = (body: string | Uint8Array | undefined): void =>
    void said.push(body === undefined ? "opened" : Buffer.from(body).toString("latin1"));
  const ask: HttpAsk = (_request, hearing, body) => {
    heard.push(hearing);
    tell(body);
    const out: HttpOut = {
      respond() {},
      head() {},
      data: (bytes) => (tell(bytes), true),
      resume() {},
      reset: () => tell("reset"),
      upgrade: () => false,
    };
    return out;
  };
  const options = { limits: DEFAULT_LIMITS, peer: HEAD.peer };
  const dispatch = connectClient(ask, { ...options, again: (head, reply) => dispatch(head, reply) });
  return { dispatch, said, heard, ended };
}

/** Hears how a call ends. */
function reply(ended: Status[]): Parameters<Dispatch>[1] {
  return { head() {}, message: () => true, end: (status) => void ended.push(status), drain() {} };
}

const lent = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["unary", "{}"],
  ["serverStream", "\0\0\0\0\u0002{}"],
] as const)(
  "A call (%s) that never left is made again as often as that happens, and each time the same.",
  (shape, body) => {
    const { dispatch, said, heard, ended } = asking();
    const bytes = lent("{}");
    dispatch({ ...HEAD, shape }, reply(ended)).end(OK, bytes);
    bytes.fill(0);
    for (let n = 0; n < 3; n += 1) heard[n]?.refused?.(REFUSED, false);
    expect(said).toEqual([body, body, body, body]);
    expect(ended).toEqual([]);
  },
);

test.each(["unary", "serverStream"] as const)("A call (%s) that was refused is made again once.", (shape) => {
  const { dispatch, said, heard, ended } = asking();
  dispatch({ ...HEAD, shape }, reply(ended)).end(OK, lent("{}"));
  heard[0]?.refused?.(REFUSED, true);
  heard[1]?.refused?.(REFUSED, false);
  heard[2]?.refused?.(REFUSED, true);
  expect(said.length).toBe(3);
  expect(ended).toEqual([REFUSED]);
});

test("A stream is made again before anything of it was said, and not afterwards.", () => {
  const { dispatch, said, heard, ended } = asking();
  const call = dispatch({ ...HEAD, shape: "bidi" }, reply(ended));
  call.head([]);
  heard[0]?.refused?.(REFUSED, false);
  call.message(lent("1"));
  expect(said).toEqual(["opened", "opened", "\0\0\0\0\u00011"]);
  heard[1]?.refused?.(REFUSED, false);
  expect(ended).toEqual([REFUSED]);
  call.end(OK);
  expect(said.length).toBe(3);
});

test.each(["unary", "bidi"] as const)("A call (%s) that was made again is cancelled where it is now.", (shape) => {
  const { dispatch, said, heard, ended } = asking();
  const call = dispatch({ ...HEAD, shape }, reply(ended));
  if (shape === "unary") call.end(OK, lent("{}"));
  else call.head([]);
  heard[0]?.refused?.(REFUSED, true);
  call.end(failure("canceled", "no"));
  expect(said.at(-1)).toBe("reset");
  expect(ended).toEqual([]);
});
