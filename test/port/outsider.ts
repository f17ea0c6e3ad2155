import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Where a socket goes for an address of a server. */
export function placeOf(address: string): { path: string } | { host: string; port: number } {
  if (address.startsWith("unix://")) return { path: address.slice("unix://".length) };
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}

/** A connection of somebody who knows nothing of callwire: text goes out, and text comes back. Closed when the running test ends. */
export class Outsider {
  readonly socket: Socket;
  /** What came and has not been taken. */
  text: string = "";
  /** The server has said that nothing follows, or has cut the connection. */
  ended: boolean = false;
  readonly #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.text += chunk.toString("latin1");
      this.#wake();
    });
    const end = (): void => {
      this.ended = true;
      this.#wake();
    };
    socket.on("end", end).on("close", end).on("error", end);
    onTestFinished(() => void socket.destroy());
  }

  static async to(address: string): Promise<Outsider> {
    const socket = connect({ ...placeOf(address), allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new Outsider(socket);
  }

  say(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** Says the same again and again, as fast as it is taken, until the server has heard enough or it has been said `times`. */
  async pour(bytes: Uint8Array, times: number): Promise<void> {
    for (let n = 0; n < times && !this.ended; n += 1) {
      if (this.socket.write(bytes)) continue;
      const drained = once(this.socket, "drain").catch(() => {});
      await Promise.race([drained, this.#over()]);
    }
  }

  /** Takes what came up to the end of a match, waiting for it. Rejects where the connection ends before it. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) {
        this.text = this.text.slice(match.index + match[0].length);
        return match;
      }
      if (this.ended) throw new Error(`The connection ended after ${JSON.stringify(this.text.slice(0, 500))}.`);
      await this.#more();
    }
  }

  /** Everything that comes until the connection ends. */
  async rest(): Promise<string> {
    await this.#over();
    return this.text;
  }

  async #over(): Promise<void> {
    while (!this.ended) await this.#more();
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
