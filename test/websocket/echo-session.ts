import { OutBuffer } from "../../src/bytes/out-buffer.js";
import type { Outlet, Session } from "../../src/wires/wire.js";
import type { Status } from "../../src/call/status.js";

/** A session of messages that says back what it hears, and does what some messages ask for. */
export class EchoSession implements Session {
  readonly output: OutBuffer = new OutBuffer();
  readonly outlet: Outlet;
  open: number = 0;
  /** What it was told, in order. */
  readonly events: string[] = [];

  constructor(outlet: Outlet) {
    this.outlet = outlet;
  }

  receive(chunk: Uint8Array): void {
    const text = Buffer.from(chunk).toString();
    this.events.push(text.length > 100 ? `${text.length} bytes` : text);
    this.say(chunk);
    if (text === "call") this.open += 1;
    if (text === "answer") this.open -= 1;
    if (text === "pause") this.outlet.pause();
    if (text === "fail") this.outlet.fail("This cannot be understood.");
    if (text === "leave") this.outlet.leave();
    if (text === "become") this.outlet.become(() => this, new Uint8Array(0));
  }

  /** Sends a message. */
  say(message: string | Uint8Array): void {
    const bytes = Buffer.from(message as string); // Buffer.from has the same overload for both
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.output.push(length);
    this.output.push(bytes);
    this.outlet.wrote(4 + bytes.length);
  }

  gather(): void {}

  finish(): void {
    this.events.push("finish");
  }

  lost(status: Status): void {
    this.events.push(`lost: ${status.code}: ${status.message}`);
    this.open = 0;
  }

  drained(): void {
    this.events.push("drained");
  }

  retire(): void {
    this.events.push("retire");
  }
}
