import { describe } from "vitest";
import { around } from "./wirekit/around.js";
import { cancel } from "./wirekit/cancel.js";
import { errors } from "./wirekit/errors.js";
import { flow } from "./wirekit/flow.js";
import { headers } from "./wirekit/headers.js";
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
}

/**
 * Defines the tests that everything which leads from a caller to a server has to pass: wires, transports, models and proxies alike.
 * Each test opens a world of its own.
 */
export function wireKit(name: string, open: Open, options: KitOptions = {}): void {
  describe(name, () => {
    shapes(open);
    errors(open);
    headers(open);
    cancel(open);
    flow(open, options.buffered ?? false);
    around(open);
    if (options.severable ?? true) loss(open, options.interleaved ?? true);
  });
}
