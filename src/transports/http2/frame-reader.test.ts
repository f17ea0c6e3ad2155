import { expect, test } from "vitest";
import { FLAG, FRAME, type Frame, unpad } from "./frame.js";
import { FrameReader, type FrameTaker } from "./frame-reader.js";

/** Notes what it takes. */
class Notes implements FrameTaker {
  blockOn = 0;
  readonly taken: string[] = [];
  readonly takeData = this.#note("data");
  readonly takeHeaders = this.#note("headers");
  readonly takePriority = this.#note("priority");
  readonly takeReset = this.#note("reset");
  readonly takeSettings = this.#note("settings");
  readonly takePushPromise = this.#note("push");
  readonly takePing = this.#note("ping");
  readonly takeGoaway = this.#note("goaway");
  readonly takeWindowUpdate = this.#note("window");
  readonly takeContinuation = this.#note("continuation");

  takeUnknown(): void {
    this.taken.push("unknown");
  }

  streamError(id: number, code: string): void {
    this.taken.push(`stream ${id} ${code}`);
  }

  connectionError(code: string): void {
    this.taken.push(code);
  }

  #note(what: string): (frame: Frame) => void {
    return ({ id, flags, bytes, start, end }) => {
      this.taken.push(`${what} ${id} ${flags} ${Buffer.from(bytes.subarray(start, end)).toString("hex")}`);
    };
  }
}

const FIRST = Buffer.from("hi!");

function frame(type: number, { id = 0, flags = 0 }: { id?: number; flags?: number }, payload = ""): Buffer {
  const body = Buffer.from(payload, "hex");
  const head = Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, id]);
  return Buffer.concat([head, body]);
}

/** What is taken of bytes that come in some chunks. */
function taken(...chunks: readonly Uint8Array[]): string[] {
  const notes = new Notes();
  const reader = new FrameReader(FIRST);
  for (const chunk of chunks) {
    const lent = Uint8Array.from(chunk);
    reader.push(lent);
    while (notes.taken.at(-1)?.endsWith("ERROR") !== true && reader.next(notes));
    reader.keep();
    lent.fill(0xee);
  }
  return notes.taken;
}

const SETTINGS = frame(FRAME.settings, {});
const TALK = Buffer.concat([
  FIRST,
  SETTINGS,
  frame(FRAME.headers, { id: 1, flags: FLAG.endHeaders }, "8286"),
  frame(FRAME.data, { id: 1, flags: FLAG.endStream }, "616263"),
  frame(FRAME.ping, {}, "0102030405060708"),
  frame(0x99, { id: 5 }, "00"),
  frame(FRAME.windowUpdate, { id: 1 }, "00000010"),
]);
const WHOLE = [
  "settings 0 0 ",
  "headers 1 4 8286",
  "data 1 1 616263",
  "ping 0 0 0102030405060708",
  "unknown",
  "window 1 0 00000010",
];

test("Frames are the same wherever what comes is cut.", () => {
  expect(taken(TALK)).toEqual(WHOLE);
  for (let cut = 0; cut <= TALK.length; cut += 1)
    expect(taken(TALK.subarray(0, cut), TALK.subarray(cut))).toEqual(WHOLE);
  expect(taken(...Array.from(TALK, (byte) => Uint8Array.of(byte)))).toEqual(WHOLE);
});

test("What is not whole is not taken.", () => {
  for (let cut = 0; cut < TALK.length; cut += 1) {
    const some = taken(TALK.subarray(0, cut));
    expect(some.length).toBeLessThan(WHOLE.length);
    expect(WHOLE.slice(0, some.length)).toEqual(some);
  }
});

test.each([
  ["other first words", Buffer.from("ho!"), "PROTOCOL_ERROR"],
  ["the first byte of other words", Buffer.from("x"), "PROTOCOL_ERROR"],
  ["another first frame", Buffer.concat([FIRST, frame(FRAME.ping, {}, "0102030405060708")]), "PROTOCOL_ERROR"],
  ["an acknowledgement first", Buffer.concat([FIRST, frame(FRAME.settings, { flags: FLAG.ack })]), "PROTOCOL_ERROR"],
  [
    "a frame that will be too long",
    Buffer.concat([FIRST, SETTINGS, Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1])]),
    "FRAME_SIZE_ERROR",
  ],
  ["a stream's frame on the connection", Buffer.concat([FIRST, SETTINGS, frame(FRAME.data, {})]), "PROTOCOL_ERROR"],
  [
    "a frame of the connection on a stream",
    Buffer.concat([FIRST, SETTINGS, frame(FRAME.goaway, { id: 1 })]),
    "PROTOCOL_ERROR",
  ],
  [
    "a frame of a wrong length",
    Buffer.concat([FIRST, SETTINGS, frame(FRAME.rstStream, { id: 1 }, "00")]),
    "FRAME_SIZE_ERROR",
  ],
  [
    "a priority of a wrong length",
    Buffer.concat([FIRST, SETTINGS, frame(FRAME.priority, { id: 1 }, "00")]),
    "stream 1 FRAME_SIZE_ERROR",
  ],
])("%s is an error.", (_what, bytes, error) => {
  expect(taken(bytes).at(-1)).toBe(error);
});

test("Within a header block, only its continuation is taken.", () => {
  for (const [bytes, last] of [
    [frame(FRAME.continuation, { id: 3 }, "82"), "continuation 3 0 82"],
    [frame(FRAME.continuation, { id: 5 }, "82"), "PROTOCOL_ERROR"],
    [frame(FRAME.data, { id: 3 }, "82"), "PROTOCOL_ERROR"],
    [frame(0x99, { id: 3 }, "82"), "PROTOCOL_ERROR"],
  ] as const) {
    const notes = new Notes();
    const reader = new FrameReader(new Uint8Array(0));
    reader.push(SETTINGS);
    reader.next(notes);
    notes.blockOn = 3;
    reader.push(bytes);
    reader.next(notes);
    expect(notes.taken.at(-1)).toBe(last);
  }
});

test.each([
  ["no padding", 0, "0161", "0161"],
  ["none of the padding", FLAG.padded, "0061", "61"],
  ["padding", FLAG.padded, "026100ff", "61"],
  ["padding alone", FLAG.padded, "0300ff00", ""],
  ["too much padding", FLAG.padded, "046100ff", undefined],
  ["no room for its length", FLAG.padded, "", undefined],
])("A payload with %s.", (_what, flags, payload, inner) => {
  const bytes = Buffer.from(payload, "hex");
  const padded: Frame = { type: FRAME.data, flags, id: 1, bytes, start: 0, end: bytes.length };
  expect(unpad(padded) ? bytes.subarray(padded.start, padded.end).toString("hex") : undefined).toBe(inner);
});
