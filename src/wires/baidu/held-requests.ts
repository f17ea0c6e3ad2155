import { settle } from "../../bytes/settled.js";
import type { PacketPlace } from "./payload.js";

/** Which call a packet is about: its correlation id, in two halves, signed or not. */
export interface CorrelationId {
  readonly idLow: number;
  readonly idHigh: number;
}

/** A request's packet, in bytes of its own. */
class HeldRequest implements PacketPlace {
  readonly bytes: Uint8Array;
  readonly metaStart: number = 0;
  readonly metaEnd: number;
  readonly end: number;
  readonly idLow: number;
  readonly idHigh: number;

  constructor({ bytes, metaStart, metaEnd, end }: Omit<PacketPlace, "part">, { idLow, idHigh }: CorrelationId) {
    this.bytes = bytes.slice(metaStart, end);
    this.metaEnd = metaEnd - metaStart;
    this.end = this.bytes.length;
    this.idLow = idLow | 0;
    this.idHigh = idHigh | 0;
  }

  part(start: number, end: number): Uint8Array {
    return settle(this.bytes.subarray(start, end));
  }
}

/** What a request costs beside its bytes, about. */
const OVERHEAD_BYTES = 256;

/**
 * Requests that came while as many calls were open as there may be: they wait as they came, in order, so that what follows them on the connection is
 * still read. Without that, the end of an open call (its stream's frames, its cancellation) could stand behind a request that waits for it.
 */
export class HeldRequests {
  readonly #mostBytes: number;
  #requests: HeldRequest[] = [];
  #bytes = 0;

  /** They may have so many bytes in all. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** There are none. */
  get empty(): boolean {
    return this.#requests.length === 0;
  }

  /** Keeps a copy of a request; false: there is no room for it. */
  add(packet: Omit<PacketPlace, "part">, id: CorrelationId): boolean {
    const size = packet.end - packet.metaStart + OVERHEAD_BYTES;
    if (this.#bytes + size > this.#mostBytes) return false;
    this.#bytes += size;
    this.#requests.push(new HeldRequest(packet, id));
    return true;
  }

  /** The one that came first, which waits no more. */
  take(): PacketPlace | undefined {
    const first = this.#requests.shift();
    if (first !== undefined) this.#bytes -= first.end + OVERHEAD_BYTES;
    return first;
  }

  /** Forgets the request that has this id, where there is one: its caller has given it up. */
  drop(idLow: number, idHigh: number): void {
    const at = this.#requests.findIndex((each) => each.idLow === (idLow | 0) && each.idHigh === (idHigh | 0));
    const [dropped] = at < 0 ? [] : this.#requests.splice(at, 1);
    if (dropped !== undefined) this.#bytes -= dropped.end + OVERHEAD_BYTES;
  }

  /** Forgets all. */
  clear(): void {
    this.#requests = [];
    this.#bytes = 0;
  }
}
