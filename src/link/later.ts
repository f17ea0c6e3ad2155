import type { ClientWire, ServerWire } from "../wires/wire.js";

/** Something whose code is loaded when it is first needed. */
export interface Later<T> {
  /** Loads it; the same every time. */
  readonly load: () => Promise<T>;
}

/** A server's wire, loaded or not. */
export type ServerEntry = ServerWire | (Pick<ServerWire, "name" | "detect"> & Later<ServerWire>);

/** A client's wire, loaded or not. */
export type ClientEntry = ClientWire | (Omit<ClientWire, "client"> & Later<ClientWire>);
