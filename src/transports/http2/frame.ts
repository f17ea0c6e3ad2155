/** The types of frames (RFC 9113 §6). */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** The flags of frames; what a bit means depends on the type. */
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** What a frame's head says (§4.1). */
export interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
}

/** A frame that came, lent until its taker returns: its payload lies in `bytes` from `start` to `end`, which a taker may move inwards. */
export interface Frame extends FrameHead {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
}

/** Leaves the padding of DATA or HEADERS out of a frame's payload (§6.1). False: there is more padding than payload. */
export function unpad(frame: Frame): boolean {
  if ((frame.flags & FLAG.padded) === 0) return true;
  const { bytes, start, end } = frame;
  if (start === end) return false;
  frame.start = start + 1;
  frame.end = end - (bytes[start] ?? 0);
  return frame.start <= frame.end;
}
