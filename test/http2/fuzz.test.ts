import { expect, test } from "vitest";
import type { HttpIn, HttpOut, HttpServe } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Limits, Outlet, Session } from "../../src/wires/wire.js";
import { Http2ClientSession } from "../../src/transports/http2/http2-client-session.js";
import { Http2ServerSession } from "../../src/transports/http2/http2-server-session.js";
import { framesOf, type Material, mutated, random, SEED } from "./mutations.js";
import { data, frame, headers, POST, PREFACE, request, settings } from "./raw-http2.js";
import { askAll, clientFrames, serverFrames } from "./recorded.js";

/** Frames that are sent to each end. */
const FRAMES = Number(process.env["FUZZ_INPUTS"] ?? 3000);
const LIMITS: Limits = { ...DEFAULT_LIMITS, maxHeaderBytes: 1000, maxConcurrentCalls: 8 };
const CHUNKS = [1, 7, 100, 65_536];

/** A connection that leads nowhere: what is said on it is looked at and thrown away. */
class Nowhere implements Outlet {
  readonly full = false;
  announced = 0;
  /** Reasons for which connections were ended. */
  readonly ends = new Map<string, number>();

  wrote(bytes: number): void {
    this.announced += bytes;
  }

  fail(reason: string): void {
    const code = /\(([A-Z_]+)\)$/u.exec(reason)?.[1] ?? reason;
    this.ends.set(code, (this.ends.get(code) ?? 0) + 1);
  }

  pause(): void {}
  resume(): void {}
  leave(): void {}
  cut(): void {}
  become(): void {}
}

/** Calls that have come and have not ended. */
class Calls {
  begun = 0;
  open = 0;

  readonly serve: HttpServe = (each, out) => new FuzzCall(this, each.path, out);
}

class FuzzCall implements HttpIn {
  readonly #calls: Calls;
  readonly #path: string;
  readonly #out: HttpOut;
  /** The request has been heard; its answer may still wait for room. */
  #ended = false;
  #reset = false;

  constructor(calls: Calls, path: string, out: HttpOut) {
    this.#calls = calls;
    this.#path = path;
    this.#out = out;
    calls.begun += 1;
    calls.open += 1;
  }

  answer(): void {}

  data(bytes: Uint8Array, { start, end }: { start: number; end: number }, last: boolean): boolean {
    if (this.#path === "/stream") this.#out.data(bytes.slice(start, end), last);
    else if (last) this.#out.respond({ status: 200, fields: [["x", "y"]] }, "answer", [["t", "u"]]);
    if (last) this.#end();
    return this.#path !== "/hang";
  }

  room(): void {}

  reset(): void {
    if (this.#reset) throw new Error("A call was reset twice.");
    this.#reset = true;
    this.#end();
  }

  #end(): void {
    if (!this.#ended) this.#calls.open -= 1;
    this.#ended = true;
  }
}

/** Says bytes to a session in chunks, and looks at what it says: whole frames, all announced. Returns how many bytes it said. */
function say(session: Session, outlet: Nowhere, { bytes, chunk }: { bytes: Uint8Array; chunk: number }): number {
  let said = 0;
  for (let at = 0; at < bytes.length; at += chunk) {
    // What is lent is another's afterwards.
    const lent = Uint8Array.from(bytes.subarray(at, at + chunk));
    session.receive(lent);
    lent.fill(0xff);
    const { length } = session.output;
    if (outlet.announced !== length) expect(outlet.announced).toBe(length);
    session.drained();
    if (length === 0) continue;
    said += length;
    const view = Buffer.from(session.output.view());
    const skip = view.subarray(0, PREFACE.length).equals(PREFACE) ? PREFACE.length : 0;
    const cut = framesOf(view, skip).reduce((sum, each) => sum + each.length, skip);
    if (cut !== view.length) expect(cut).toBe(view.length);
    session.output.release();
    outlet.announced = 0;
  }
  return said;
}

const LOST = { code: "unavailable", message: "Gone.", details: [], trailers: [] } as const;

test(`Our server lives through ${FRAMES} frames of mutated conversations (FUZZ_SEED=${SEED}).`, async () => {
  const material: Material = { conversations: await clientFrames(), pick: random(SEED) };
  const { pick } = material;
  const calls = new Calls();
  const outlet = new Nowhere();
  let whole = 0;
  for (let count = 0; count < FRAMES;) {
    const frames = mutated(material);
    count += frames.length;
    const session = new Http2ServerSession(outlet, calls.serve, { limits: LIMITS });
    const chunk = CHUNKS[pick(CHUNKS.length)] ?? 1;
    const bytes = Buffer.concat([PREFACE, ...frames]);
    const said = say(session, outlet, { bytes, chunk });
    // What comes in decides what goes out: nobody makes a server say much with little.
    if (said > bytes.length * 20 + 1000) expect(said).toBeLessThan(bytes.length);
    if (pick(4) === 0) session.retire();
    if (pick(4) === 0) session.tick(20_000);
    session.output.release();
    outlet.announced = 0;
    session.lost(LOST);
    whole += 1;
    if (calls.open > 0) expect([session.open, calls.open]).toEqual([0, 0]);
  }
  expect(whole).toBeGreaterThan(0);
  expect(calls.begun).toBeGreaterThan(whole);
  const last = new Http2ServerSession(outlet, calls.serve, { limits: LIMITS });
  const bytes = Buffer.concat([
    PREFACE,
    settings(),
    frame(4, { flags: 1 }),
    request(1, "/x", "y"),
    headers(3, POST),
    data(3, "z"),
  ]);
  expect(say(last, outlet, { bytes, chunk: 1 })).toBeGreaterThan(60);
  expect(last.open).toBe(1);
}, 600_000);

test(`Our client lives through ${FRAMES} frames of mutated answers (FUZZ_SEED=${SEED}).`, async () => {
  const material: Material = { conversations: await serverFrames(), pick: random(SEED) };
  const { pick } = material;
  const outlet = new Nowhere();
  let answered = 0;
  for (let count = 0; count < FRAMES;) {
    const frames = mutated(material);
    count += frames.length;
    const session = new Http2ClientSession(outlet, { limits: LIMITS, http: { authority: "x", path: "", fields: [] } });
    const heard = askAll(session.ask);
    if (pick(3) === 0) heard[pick(4)]!.takes = false;
    say(session, outlet, { bytes: Buffer.concat(frames), chunk: CHUNKS[pick(CHUNKS.length)] ?? 1 });
    for (const each of heard) each.out?.resume();
    session.output.release();
    outlet.announced = 0;
    session.lost(LOST);
    if (session.open > 0) expect(session.open).toBe(0);
    for (const { told } of heard) {
      // Each call hears of its end once, and of nothing after it.
      const ends = told.filter((line) => line.startsWith("reset") || line.endsWith("last"));
      if (ends.length !== 1 || ends[0] !== told.at(-1)) expect(told).toEqual(["one end, at the end"]);
      if (ends[0]?.endsWith("last")) answered += 1;
    }
  }
  expect(answered).toBeGreaterThan(FRAMES / 100);
}, 600_000);
