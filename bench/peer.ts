/**
 * What a server module exports as `start`: binds a port of 127.0.0.1 and gives back its address, `tcp://127.0.0.1:PORT`. The port is a free
 * one where none is given; who cannot listen on a given one is never given one.
 */
export type StartServer = (port?: number) => Promise<string>;

/** What a server module may export as `pid`, where another process than its own is the server, once that is started. */
export type ServerPid = () => number | undefined;

/**
 * What a client module exports as `open`: one client with one connection to `address`, which is `tcp://127.0.0.1:PORT`.
 * It is never closed; its process is ended.
 */
export type OpenClient = (address: string) => Promise<EchoClient>;

/** A connected client, as the load generator sees it. */
export interface EchoClient {
  /** Calls the method `echo`; the promise gives back the payload, or rejects when the call or the connection failed. */
  echo(payload: string): Promise<unknown>;
}
