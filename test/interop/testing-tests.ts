import type { ConnectOptions } from "callwire/client";
import { beforeAll, test } from "vitest";
import { TESTING_CASES, testingPeer } from "./testing-cases.js";

/** Starts a server of another make, which `ending` is told how to end; resolves with our URL of it. */
type Begin = (ending: (end: () => void) => void) => Promise<string>;

/** Tests one server of another make by all cases, of which each is a test, with clients that have the options given. */
export function testServer(begin: Begin, options: ConnectOptions = {}): void {
  let url = "";
  beforeAll(async () => {
    const ends: (() => void)[] = [];
    url = await begin((end) => ends.push(end));
    return () => {
      for (const end of ends) end();
    };
  });

  test.each(Object.entries(TESTING_CASES))("answers %s.", async (_name, check) => {
    await check(testingPeer(url, options));
  });
}
