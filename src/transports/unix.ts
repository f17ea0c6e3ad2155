import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Place } from "./net.js";

/** The place that a Unix socket's path names: `/run/app.sock`, or relative to the working directory. Throws a TypeError where there is none. */
export function unixPlace(path: string): Place {
  if (path === "") throw new TypeError("A Unix address is a path, and this is empty: write unix:///run/app.sock, say.");
  return { options: { path }, url: `unix://${path}`, scheme: "unix" };
}

/** Removes a socket file that nobody listens on any more (a server was killed). Leaves everything else alone. */
export async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSocket() !== true) return;
  const alive = await new Promise<boolean>((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    // Only a refusal says that nobody listens: a server with a full backlog, say, fails otherwise.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  });
  if (!alive) unlinkSync(path);
}
