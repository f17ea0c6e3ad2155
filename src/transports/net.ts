import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import type { Connection, Listening } from "./connection.js";
import { SocketConnection } from "./socket.js";

/** Where to listen or to go: what node:net takes, and the URL that people read. */
export interface Place {
  readonly options: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly url: string;
  /** What addresses of those who come are to begin with. */
  readonly scheme: "tcp" | "tls" | "unix";
}

/** Listens at a place and hands on each connection, unread. Rejects with the system's error where the place cannot be had. */
export async function listenAt(place: Place, accept: (connection: Connection) => void): Promise<Listening> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
    accept(SocketConnection.accepted(socket, peerUrl(socket, place)));
  });
  await listening(server, { ...place.options, backlog: 4096 });
  const bound = server.address();
  // An error of a listening socket (out of file descriptors, say) costs one connection, not the process.
  server.on("error", () => {});
  return {
    address: typeof bound === "object" && bound !== null ? urlOf(bound, place) : place.url,
    close: () =>
      new Promise((resolve) => {
        // The sockets were taken over, so the server's own count of them says nothing: it is closed when it listens no more.
        server.close();
        setImmediate(resolve);
      }),
  };
}

/** Goes to a place. `opened` is called when the connection is there; before that, `close` of the receiver tells why it is not. */
export function dialTo(place: Place, opened: () => void): Connection {
  return SocketConnection.made(place.url, (options) => {
    // The options are node's own; its declaration wants them writable.
    const socket = connect({ ...place.options, ...options, noDelay: true } as Parameters<typeof connect>[0] & object);
    socket.once("connect", opened);
    return socket;
  });
}

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function peerUrl(socket: Socket, place: Place): string {
  const { remoteAddress, remotePort, remoteFamily } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return place.url;
  return urlOf({ address: remoteAddress, port: remotePort, family: remoteFamily ?? "IPv4" }, place);
}

function urlOf({ address, port, family }: AddressInfo, { scheme }: Place): string {
  return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
