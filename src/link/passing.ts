import type { Connection, SystemHandle } from "../transports/connection.js";
import { PortConnection, relay } from "../transports/port.js";
import { SocketConnection } from "../transports/socket.js";

/** The system's end of a connection on its way to another process; whoever has it closes it. */
export type Handle = SystemHandle;

/** A way to another thread. */
export type Port = Parameters<typeof relay>[1];

/** A connection that has been accepted and not read. */
export type Arrival = Connection;

/** Takes the handle out of a connection, to send it to a child process; undefined where it cannot leave this one. */
export function handleOf(connection: Arrival): Handle | undefined {
  return connection.detach?.();
}

/** Makes a connection of a handle that came from the parent process. */
export function fromHandle(handle: Handle, address: string): Arrival {
  return SocketConnection.of(handle, address);
}

/** Carries a connection's bytes to another thread, by the port that this returns. `closed` is called when it is gone at both ends. */
export function toPort(connection: Arrival, closed: () => void): Port {
  const { port1, port2 } = new MessageChannel();
  relay(connection, port1, closed);
  return port2;
}

/** Makes a connection of a port that came from the main thread. */
export function fromPort(port: Port, address: string): Arrival {
  return new PortConnection(port, address);
}
