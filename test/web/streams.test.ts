import { describe, expect, test } from "vitest";
import { all, errorFrom, still } from "../wirekit/world.js";
import { page } from "./pages.js";

const BYTES = 16 * 1024;
const MANY = 10_000;
/** What may be sent ahead of a reader: messages of 34 MiB, most of them in the system's buffers. */
const AHEAD = (34 * 1024 * 1024) / BYTES;

describe.each(["connect", "grpcweb"])("By %s and fetch", (wire) => {
  test("calls of one message each way are answered, many at once.", async () => {
    const { client } = await page(wire);
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    const answers = await Promise.all(numbers.map((n) => (n % 3 === 0 ? client.later(n) : client.echo(n))));
    expect(answers).toEqual(numbers);
    expect(await client.echo({ text: "naïve 漢字 🦊 \u0000" })).toEqual({ text: "naïve 漢字 🦊 \u0000" });
    expect(await client.greet({ name: "Ada" })).toBe("hello Ada");
  });

  test("a message of 1 MiB crosses both ways, and one over the limit ends its call.", async () => {
    const { client } = await page(wire, { maxMessageBytes: 2 * 1024 * 1024 });
    const text = "0123456789abcdef".repeat(65_536);
    expect((await client.echo(text)) === text).toBe(true);
    expect((await errorFrom(client.echo(text + text))).code).toBe("resource_exhausted");
    expect(await client.echo(1)).toBe(1);
  });

  test("headers and trailers cross, and errors with details.", async () => {
    const { client } = await page(wire);
    const heard: string[] = [];
    const options = {
      headers: { "x-one": "1" },
      onHeader: (fields: Headers) => heard.push(`before ${fields.get("x-before")}`),
      onTrailer: (fields: Headers) => heard.push(`after ${fields.get("x-after")}`),
    };
    expect(await client.headers(undefined, options)).toMatchObject({ "x-one": "1" });
    expect(heard).toEqual(["before one, two", "after three"]);
    const error = await errorFrom(client.fail({ code: "not_found", message: "no Ada", headers: { "x-why": "gone" } }));
    expect([error.code, error.message, error.headers?.get("x-why")]).toEqual(["not_found", "no Ada", "gone"]);
  });

  test("a stream of answers arrives whole and in order.", async () => {
    const { client } = await page(wire);
    expect(await all(client.count({ to: 1000 }))).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    expect(await all(client.count({ to: 0 }))).toEqual([]);
    expect(await all(client.list([1, "🦊".repeat(500), null]))).toEqual([1, "🦊".repeat(500), null]);
  });

  test("a stream can fail after its first messages.", async () => {
    const { client } = await page(wire);
    const heard: number[] = [];
    const reading = (async () => {
      for await (const n of client.failStream({ code: "aborted", message: "enough", after: 2 })) heard.push(n);
    })();
    expect((await errorFrom(reading)).message).toBe("enough");
    expect(heard).toEqual([0, 1]);
  });

  test("a reader who does not read stops the method, and can go on or leave.", async () => {
    const { client, seen } = await page(wire);
    const stream = client.flood({ key: "a", to: MANY, bytes: BYTES });
    await seen.heard("a sent");
    const stopped = await still(() => seen.count("a sent"));
    expect(stopped).toBeLessThan(AHEAD);
    for (let n = 0; n < stopped + 10; n += 1) expect((await stream.next()).value).toHaveLength(BYTES);
    await stream.return?.();
    await seen.heard("a finally");
    expect(await client.echo(1)).toBe(1);
  });

  test("a stream that is left, aborted or too late ends at the server too, though it says nothing.", async () => {
    const { client, seen } = await page(wire);
    for await (const n of client.hangStream({ key: "left", first: 3 })) if (n === 1) break;
    await seen.heard("left finally");
    const controller = new AbortController();
    const aborted = client.hangStream({ key: "aborted", first: 1 }, { signal: controller.signal });
    expect((await aborted.next()).value).toBe(0);
    controller.abort();
    expect((await errorFrom(aborted)).code).toBe("canceled");
    await seen.heard("aborted finally");
    const late = client.hangStream({ key: "late", first: 1 }, { timeoutMs: 200 });
    expect((await errorFrom(late)).code).toBe("deadline_exceeded");
    await seen.heard("late finally");
  });

  test("a call takes no longer than it was given.", async () => {
    const { client, seen } = await page(wire);
    expect((await errorFrom(client.hang({ key: "a" }, { timeoutMs: 200 }))).code).toBe("deadline_exceeded");
    await seen.heard("a aborted deadline_exceeded");
    expect(await client.timeLeft(undefined, { timeoutMs: 60_000 })).toBeGreaterThan(50_000);
  });

  test("calls with a stream of input say by which URL they could be made.", async () => {
    const { client, authority } = await page(wire);
    for (const call of [() => client.sum([1, 2]), () => client.double([1, 2])]) {
      const error = await errorFrom(call());
      expect(error.code).toBe("unimplemented");
      expect(error.message).toContain(`connect to jsonrpc+ws://${authority}`);
    }
  });

  test("a lost connection ends its calls as unavailable, and the next is made on another.", async () => {
    const { client, seen, sever } = await page(wire);
    const stream = client.hangStream({ key: "a", first: 1 });
    const answer = errorFrom(client.hang({ key: "b" }));
    expect((await stream.next()).value).toBe(0);
    await seen.heard("b started");
    sever();
    expect((await errorFrom(stream)).code).toBe("unavailable");
    expect((await answer).code).toBe("unavailable");
    expect(await client.echo(1)).toBe(1);
  });
});
