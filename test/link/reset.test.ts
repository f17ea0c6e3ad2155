import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { SocketConnection } from "../../src/transports/socket.js";
import { pair } from "../tls/pem.js";

/** What was done with a connection, with the reset at the end of it. */
const STORIES: Readonly<Record<string, (connection: SocketConnection, reset: () => void) => void>> = {
  "from nothing": (_connection, reset) => reset(),
  "right after the goodbye": (connection, reset) => {
    connection.end();
    reset();
  },
  "within the turn of the goodbye": (connection, reset) => {
    connection.end();
    process.nextTick(reset);
  },
  "in the turn after the goodbye": (connection, reset) => {
    connection.end();
    setImmediate(reset);
  },
  "behind last words": (connection, reset) => {
    connection.write(new Uint8Array(10));
    connection.end();
    reset();
  },
  "behind more than the system takes": (connection, reset) => {
    connection.write(new Uint8Array(50_000_000));
    connection.end();
    setImmediate(reset);
  },
};

test.each(["tcp", "tls"].flatMap((kind) => Object.keys(STORIES).map((story) => [kind, story] as const)))(
  "A reset over %s ends the connection, %s, and says why.",
  async (kind, story) => {
    const server = kind === "tls" ? createTlsServer(pair("server")) : createServer();
    server.on(kind === "tls" ? "secureConnection" : "connection", (socket) => socket.on("error", () => {}).pause());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo; // it listens at a port
    const connection = await new Promise<SocketConnection>((resolve) => {
      const made: SocketConnection = SocketConnection.made(`${kind}://127.0.0.1:${port}`, (options) => {
        const place = { port, host: "127.0.0.1", ...options };
        return kind === "tls"
          ? connectTls({ ...place, rejectUnauthorized: false }, () => resolve(made))
          : connect(place, () => resolve(made));
      });
    });
    const closed = new Promise<Error | undefined>((resolve) => {
      connection.start({ data() {}, end() {}, drain() {}, close: resolve });
    });
    STORIES[story]?.(connection, () => connection.reset(new Error("Enough.")));
    expect((await closed)?.message).toBe("Enough.");
  },
);
