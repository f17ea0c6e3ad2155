import { connect, type Socket } from "node:net";
import { once } from "node:events";
import type { EchoClient } from "../peer.js";

/** What a load over HTTP sends and reads. */
export interface HttpLoad {
  readonly path: string;
  readonly contentType: string;
  readonly ask: (payload: string) => string;
  readonly read: (body: string) => unknown;
}

/**
 * An HTTP/1.1 client by hand on one connection kept alive, for answers of ASCII: it costs little, so that more of the
 * machine is left for the server. Calls take turns.
 */
export async function openHttp(address: string, load: HttpLoad): Promise<EchoClient> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const head = `POST ${load.path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: ${load.contentType}\r\ncontent-length: `;
  const client = new HttpClient(socket, head, load);
  return { echo: (payload) => client.call(payload) };
}

class HttpClient {
  readonly #socket: Socket;
  readonly #head: string;
  readonly #load: HttpLoad;
  readonly #queue: { body: string; resolve: (value: unknown) => void }[] = [];
  #rest = "";
  #busy = false;

  constructor(socket: Socket, head: string, load: HttpLoad) {
    this.#socket = socket;
    this.#head = head;
    this.#load = load;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.#heard(chunk));
  }

  call(payload: string): Promise<unknown> {
    return new Promise((resolve) => {
      this.#queue.push({ body: this.#load.ask(payload), resolve });
      this.#next();
    });
  }

  #next(): void {
    const [first] = this.#queue;
    if (this.#busy || first === undefined) return;
    this.#busy = true;
    this.#socket.write(`${this.#head}${first.body.length}\r\n\r\n${first.body}`);
  }

  #heard(chunk: string): void {
    const text = this.#rest === "" ? chunk : this.#rest + chunk;
    const end = text.indexOf("\r\n\r\n");
    if (end < 0 || !isWhole(text, end)) {
      this.#rest = text;
      return;
    }
    this.#rest = "";
    this.#busy = false;
    const answered = this.#queue.shift();
    answered?.resolve(this.#load.read(text.slice(end + 4)));
    this.#next();
  }
}

/** Says whether the answer whose head ends at `end` has all come. In chunks, the sizes stay where they are: whoever reads looks for what is between them. */
function isWhole(text: string, end: number): boolean {
  const head = text.slice(0, end + 2);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? text.endsWith("\r\n0\r\n\r\n") : text.length >= end + 4 + Number(length);
}
