import { functions } from "callwire";

/** What is measured of each model: nothing to do, one millisecond of a core, ten milliseconds of waiting. */
export const bench = functions("bench", {
  echo: (value) => value,
  spin: (ms) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
    return ms;
  },
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms)),
});
