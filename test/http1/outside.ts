import type { HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../../src/wires/http.js";
import { Http1ClientSession } from "../../src/transports/http1/http1-client-session.js";
import { Http1ServerSession } from "../../src/transports/http1/http1-server-session.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { HttpTarget, Limits, Outlet, Session } from "../../src/wires/wire.js";

/** The world around a session: hands it bytes as a socket would, in memory that is used again, and notes what the session does. */
export class Outside implements Outlet {
  full = false;
  paused = false;
  /** How the session ended the connection: `left`, `failed: …` or `cut: …`. */
  ended: string | undefined = undefined;
  announced = 0;
  become_: { readonly session: Session; readonly rest: string } | undefined = undefined;
  session: Session | undefined = undefined;
  #said = "";
  readonly #memory = new Uint8Array(1 << 17);

  wrote(bytes: number): void {
    this.announced += bytes;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  fail(reason: string): void {
    this.ended ??= `failed: ${reason}`;
  }

  leave(): void {
    this.ended ??= "left";
  }

  cut(reason: string): void {
    this.ended ??= `cut: ${reason}`;
  }

  become(open: (outlet: Outlet) => Session, rest: Uint8Array): void {
    this.become_ = { session: open(this), rest: Buffer.from(rest).toString("latin1") };
  }

  /** Tells the session of bytes, in chunks of so many. What it was lent is overwritten afterwards. */
  feed(text: string | Uint8Array, chunkBytes = 65_536): this {
    const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.subarray(at, at + chunkBytes);
      this.#memory.set(chunk);
      // A node Buffer, since some transports hand on those, and its `slice` copies nothing.
      this.session?.receive(Buffer.from(this.#memory.buffer, 0, chunk.length));
      this.#memory.fill(0x21, 0, chunk.length);
    }
    return this;
  }

  /** Everything that the session has said since the last look, one character a byte. */
  said(): string {
    const { session } = this;
    if (session === undefined) return "";
    session.gather();
    this.#said = Buffer.from(session.output.view()).toString("latin1");
    session.output.release();
    return this.#said;
  }
}

/** One request as its server heard it. */
export interface Heard {
  readonly request: HttpRequest;
  readonly out: HttpOut;
  body: string;
  /** The body's end has come. */
  whole: boolean;
  /** The message of the status that ended it before its time. */
  reset: string | undefined;
  rooms: number;
  /** What the next `data` returns. */
  wants: boolean;
}

/** How a test serves: told of each request when its head has come, and again when it is whole. */
export interface Serving {
  readonly begun?: (heard: Heard) => void;
  readonly whole?: (heard: Heard) => void;
  readonly limits?: Partial<Limits>;
}

export const OK: HttpAnswer = { status: 200, fields: [["content-type", "text/plain"]] };
export const NOTHING: HttpAnswer = { status: 204, fields: [] };

/** Answers with what was asked and said. */
export function echo({ request, out, body }: Heard): void {
  const query = request.query === "" ? "" : `?${request.query}`;
  out.respond(OK, `${request.method} ${request.path}${query} ${body}`);
}

/** A server's session, its surroundings, and the requests that it has begun. */
export function served(serving: Serving = { whole: echo }): {
  outside: Outside;
  session: Http1ServerSession;
  requests: Heard[];
} {
  const outside = new Outside();
  const requests: Heard[] = [];
  const serve: HttpServe = (request, out) => {
    const heard: Heard = { request, out, body: "", whole: false, reset: undefined, rooms: 0, wants: true };
    requests.push(heard);
    serving.begun?.(heard);
    return hearing(heard, () => serving.whole?.(heard));
  };
  const session = new Http1ServerSession(outside, serve, { limits: { ...DEFAULT_LIMITS, ...serving.limits } });
  outside.session = session;
  return { outside, session, requests };
}

/** One answer as its client heard it. */
export interface Answered {
  head: HttpAnswer | undefined;
  body: string;
  whole: boolean;
  /** The code and message of the status that ended it before its time. */
  reset: string | undefined;
  rooms: number;
  wants: boolean;
  /** Told of the head. */
  onHead?: (head: HttpAnswer) => void;
  onWhole?: () => void;
}

const TARGET: HttpTarget = { authority: "example.org:8080", path: "", fields: [] };

/** A client's session, its surroundings, and a way to ask. */
export function asking(limits: Partial<Limits> = {}): {
  outside: Outside;
  session: Http1ClientSession;
  ask: (request: Partial<HttpRequest>, body?: string | Uint8Array) => { heard: Answered; out: HttpOut };
} {
  const outside = new Outside();
  const session = new Http1ClientSession(outside, { limits: { ...DEFAULT_LIMITS, ...limits }, http: TARGET });
  outside.session = session;
  return {
    outside,
    session,
    ask: (request, body) => {
      const heard: Answered = {
        head: undefined,
        body: "",
        whole: false,
        reset: undefined,
        rooms: 0,
        wants: true,
      };
      const whole = { method: "POST", path: "/rpc", query: "", fields: [], ...request };
      return {
        heard,
        out: session.ask(
          whole,
          hearing(heard, () => heard.onWhole?.()),
          body,
        ),
      };
    },
  };
}

function hearing(heard: Heard | Answered, whole: () => void): HttpIn {
  return {
    answer(head) {
      if (!("head" in heard)) throw new Error("A server hears no answers.");
      if (heard.head !== undefined) throw new Error("An answer has one head.");
      heard.head = head;
      heard.onHead?.(head);
    },
    data(bytes, { start, end }, last) {
      if (heard.whole || heard.reset !== undefined) throw new Error("Something came after the end.");
      heard.body += Buffer.from(bytes.subarray(start, end)).toString("latin1");
      heard.whole = last;
      if (last) whole();
      return heard.wants;
    },
    room() {
      heard.rooms += 1;
    },
    reset({ code, message }) {
      if (heard.reset !== undefined) throw new Error("An exchange ends once.");
      heard.reset = `${code}: ${message}`;
    },
  };
}
