import { appendFileSync, readFileSync } from "node:fs";
import type { Witness } from "../wirekit/witness.js";

/** A witness whose events are lines of a file, so that every process and thread sees what the others tell, at once. */
export function fileWitness(file: string): Witness {
  const count = (event: string): number =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line === event).length;
  return {
    count,
    tell: (event) => appendFileSync(file, `${event}\n`),
    async heard(event) {
      while (count(event) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}
