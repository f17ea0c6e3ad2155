import { describe, expect, test } from "vitest";
import type { Carries } from "./carries.js";
import { all, arrange, errorFrom, heardEnd, type Open } from "./world.js";

/** Header fields and trailers, both ways, and what passes on to calls made inside a call. */
export function headers(open: Open, carries: Carries): void {
  /** What a caller hears around an answer, in order. */
  const around = ["before: one, two", ...(carries.trailers ? ["after: three"] : [])];

  describe("Headers", () => {
    test("Headers reach the method; response headers and trailers reach the caller.", async () => {
      const { client } = await arrange(open);
      const order: string[] = [];
      const heard = await client.headers(undefined, {
        headers: { "X-One": "1", "x-two": "zwei; größer" },
        onHeader: (fields) => order.push(`before: ${fields.get("x-before")}`),
        onTrailer: (fields) => carries.trailers && order.push(`after: ${fields.get("x-after")}`),
      });
      expect(heard).toMatchObject({ "x-one": "1", "x-two": "zwei; größer" });
      expect(order).toEqual(around);
    });

    test("Headers may come in every form that the platform's Headers take.", async () => {
      const { client } = await arrange(open);
      const pairs = [
        ["x-a", "1"],
        ["x-a", "2"],
      ] as const;
      expect(await client.headers(undefined, { headers: pairs })).toMatchObject({ "x-a": "1, 2" });
      expect(await client.headers(undefined, { headers: new Headers({ "x-b": "3" }) })).toMatchObject({ "x-b": "3" });
    });

    test("Headers of one call are not seen by the next.", async () => {
      const { client } = await arrange(open);
      await client.headers(undefined, { headers: { "x-one": "1" } });
      expect(await client.headers()).not.toHaveProperty("x-one");
      // Nor is a call without headers taken for the one after it.
      expect(await client.headers(undefined, { headers: { "x-two": "2" } })).toHaveProperty("x-two", "2");
    });

    test("A call made inside a call with it as parent takes its deadline along.", async () => {
      const { client } = await arrange(open);
      const left = await client.relayTime(undefined, { timeoutMs: 60_000 });
      expect(left).toBeGreaterThan(50_000);
      expect(left).toBeLessThanOrEqual(60_000);
      expect(await client.relayTime()).toBeNull();
    });

    test("A call made inside a call with it as parent takes the chosen headers along, and no others.", async () => {
      const { client } = await arrange(open);
      const heard = await client.relayHeaders(undefined, { headers: { "x-chosen": "yes", "x-other": "no" } });
      expect(heard).toMatchObject({ "x-chosen": "yes", "x-own": "mine" });
      expect(heard).not.toHaveProperty("x-other");
    });

    test("Cancelling a call cancels the calls made inside it.", async () => {
      const { client, seen } = await arrange(open);
      const controller = new AbortController();
      const answer = client.relayHang({ key: "a" }, { signal: controller.signal });
      await seen.heard("inner a started");
      controller.abort();
      expect((await errorFrom(answer)).code).toBe("canceled");
      await heardEnd(seen, "inner a aborted canceled", carries);
    });

    if (!carries.streams) return;

    test("A stream's headers come before its first message, its trailers at its end.", async () => {
      const { client } = await arrange(open);
      const order: string[] = [];
      const stream = client.headersStream(undefined, {
        headers: { "x-one": "1" },
        onHeader: (fields) => order.push(`before: ${fields.get("x-before")}`),
        onTrailer: (fields) => carries.trailers && order.push(`after: ${fields.get("x-after")}`),
      });
      const first = await stream.next();
      expect(first.value).toMatchObject({ "x-one": "1" });
      expect(order[0]).toBe("before: one, two");
      await all(stream);
      expect(order).toEqual(around);
    });
  });
}
