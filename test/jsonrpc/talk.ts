import type { Dispatch } from "../../src/call/sink.js";
import { failure } from "../../src/call/status.js";
import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { ClientSession, Limits, Outlet, Session, SessionOptions } from "../../src/wires/wire.js";

export type FramingName = "lines" | "headers" | "messages";

export const FRAMINGS: readonly FramingName[] = ["lines", "headers", "messages"];

const PEER = { address: "memory://" };

/** A far end that knows nothing of callwire: it says what it is told, and cuts what it hears by itself. */
export class Talk<S extends Session> implements Outlet {
  full = false;
  paused = false;
  /** Why the connection was closed. */
  failed: string | undefined = undefined;
  readonly session: S;
  readonly #framing: FramingName;
  /** What has come and not been heard. */
  readonly #texts: string[] = [];
  #wake: (() => void) | undefined = undefined;

  constructor(framing: FramingName, open: (outlet: Outlet) => S) {
    this.#framing = framing;
    this.session = open(this);
  }

  wrote(): void {
    this.#wake?.();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  fail(reason: string): void {
    this.failed = reason;
  }

  leave(): void {}

  cut(): void {}

  become(): void {}

  /** Says values, or (texts) what is said as it is; all at once where the framing lets one. */
  say(...messages: readonly unknown[]): void {
    const bytes = messages.map((message) =>
      packed(typeof message === "string" ? message : JSON.stringify(message), this.#framing),
    );
    if (this.#framing === "messages") for (const each of bytes) this.session.receive(each);
    else this.session.receive(Buffer.concat(bytes));
  }

  /** What has come since it was last asked, as texts. */
  texts(): string[] {
    this.#gather();
    return this.#texts.splice(0);
  }

  /** The same, parsed. */
  heard(): unknown[] {
    return this.texts().map((text) => JSON.parse(text) as unknown);
  }

  /** So many messages, as soon as they have come. */
  async hear(count: number): Promise<unknown[]> {
    for (this.#gather(); this.#texts.length < count; this.#gather()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#texts.splice(0, count).map((text) => JSON.parse(text) as unknown);
  }

  /** The connection is lost. */
  end(): void {
    this.session.lost(failure("unavailable", "The connection was lost."));
    this.session.output.release();
  }

  #gather(): void {
    this.session.gather();
    const { output } = this.session;
    this.#texts.push(...cut(Buffer.from(output.view()), this.#framing));
    output.release();
  }
}

/** A server, as its peer. */
export function serverTalk(framing: FramingName, dispatch: Dispatch, limits: Partial<Limits> = {}): Talk<Session> {
  const wire = framing === "messages" ? jsonrpc.messages : jsonrpc.stream;
  return new Talk(framing, (outlet) => wire.server(outlet, dispatch, optionsOf(limits)));
}

/** A client, as its peer. */
export function clientTalk(framing: FramingName, limits: Partial<Limits> = {}): Talk<ClientSession> {
  if (framing === "messages") return new Talk(framing, (outlet) => jsonrpc.messages.client(outlet, optionsOf(limits)));
  return new Talk(framing, (outlet) => jsonrpc.stream.client(outlet, { ...optionsOf(limits), framing }));
}

/** Options of a session. */
export function optionsOf(limits: Partial<Limits> = {}): SessionOptions {
  return { limits: { ...DEFAULT_LIMITS, ...limits }, peer: PEER };
}

/** What is due has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A message as it travels. */
export function packed(text: string, framing: FramingName): Buffer {
  const body = Buffer.from(text);
  if (framing === "messages") return body;
  const [before, after] = framing === "lines" ? ["", "\n"] : [`Content-Length: ${body.length}\r\n\r\n`, ""];
  return Buffer.concat([Buffer.from(before), body, Buffer.from(after)]);
}

/** Cuts what a session wrote into messages. */
function cut(bytes: Buffer, framing: FramingName): string[] {
  if (framing === "lines") return bytes.toString().split("\n").slice(0, -1);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = framing === "messages" ? at + 4 : bytes.indexOf("\r\n\r\n", at) + 4;
    const length =
      framing === "messages" ? bytes.readUInt32LE(at) : Number(/\d+/u.exec(bytes.subarray(at, head).toString())?.[0]);
    texts.push(bytes.subarray(head, head + length).toString());
    at = head + length;
  }
  return texts;
}
