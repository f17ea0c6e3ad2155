import type { Connection, SystemHandle } from "../transports/connection.js";
import { SocketConnection } from "../transports/socket.js";

/** The system's end of a connection on its way to another process; whoever has it closes it. */
export type Handle = SystemHandle;

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
