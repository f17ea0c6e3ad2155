import { describe } from "vitest";
import { around } from "./wirekit/around.js";
import { cancel } from "./wirekit/cancel.js";
import { type Carries, EVERYTHING } from "./wirekit/carries.js";
import { errors } from "./wirekit/errors.js";
import { flow } from "./wirekit/flow.js";
import { headers } from "./wirekit/headers.js";
import { lacking } from "./wirekit/lacking.js";
import { loss } from "./wirekit/loss.js";
import { shapes } from "./wirekit/shapes.js";
import type { Open } from "./wirekit/world.js";

/** What a kind of world has or lacks. */
export interface KitOptions {
  /** Its worlds can be severed; true unless said otherwise. */
  readonly severable?: boolean;
  /** An operating system's buffers lie between the ends; false unless said otherwise. */
  readonly buffered?: boolean;
  /** Calls of one connection run side by side; true unless said otherwise. */
  readonly interleaved?: boolean;
  /** What its wire can carry; everything unless said otherwise. */
  readonly carries?: Partial<Carries>;
}

/**
 * Defines the tests that everything which leads from a caller to a server has to pass: wires, transports, models and proxies alike.
 * Each test opens a world of its own.
 */
export function wireKit(name: string, open: Open, options: KitOptions = {}): void {
  const carries: Carries = { ...EVERYTHING, ...options.carries };
  describe(name, () => {
    shapes(open, carries);
    errors(open, carries);
    headers(open, carries);
    cancel(open, carries);
    flow(open, carries, { buffered: options.buffered ?? false });
    around(open, carries);
    lacking(open, carries);
    if (options.severable ?? true) loss(open, carries, { interleaved: options.interleaved ?? true });
  });
}
