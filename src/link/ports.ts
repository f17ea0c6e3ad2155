import type { Connection } from "../transports/connection.js";
import { PortConnection, relay } from "../transports/port.js";

/** A way to another thread. */
export type Port = Parameters<typeof relay>[1];

/** Carries a connection's bytes to another thread, by the port that this returns. */
export function toPort(connection: Connection): Port {
  const { port1, port2 } = new MessageChannel();
  relay(connection, port1);
  return port2;
}

/** Makes a connection of a port that came from the main thread. */
export function fromPort(port: Port, address: string): Connection {
  return new PortConnection(port, address);
}
