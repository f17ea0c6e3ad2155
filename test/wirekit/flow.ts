import { describe, expect, test } from "vitest";
import type { Carries } from "./carries.js";
import { all, arrange, errorFrom, type Open, still } from "./world.js";

const BYTES = 16 * 1024;
const MANY = 10_000;
const XML_TEXT = 'naïve ß 漢字 🦊👩‍👩‍👧 \u007F\u2028\u2029\uFEFF\uFFFD \\"/ <b>&amp;]]> \t\n\r\n\r \u{10FFFF}';
/** What XML 1.0 cannot hold (§2.2). */
const NO_XML_TEXT = "\u0000\u001F\uFFFE\uFFFF";
/** What may be sent ahead of a reader: 64 messages, 1 MiB, and what a system's socket buffers hold. */
const AHEAD = 64 + (1024 * 1024) / BYTES;
const SYSTEM = (32 * 1024 * 1024) / BYTES;

/** Slow readers, large messages, many calls. */
export function flow(open: Open, carries: Carries, { buffered }: { readonly buffered: boolean }): void {
  const { streams } = carries;
  const limit = buffered ? AHEAD + SYSTEM : AHEAD;

  if (streams) heldUp(open, limit);

  describe("Size and number", () => {
    test("500 calls at once each get their own answer.", async () => {
      const { client } = await arrange(open);
      const numbers = Array.from({ length: 500 }, (_, n) => n);
      const answers = await Promise.all(numbers.map((n) => (n % 3 === 0 ? client.later(n) : client.echo(n))));
      expect(answers).toEqual(numbers);
    });

    test("Some calls may fail among many that do not.", async () => {
      const { client } = await arrange(open);
      const answers = await Promise.allSettled(
        Array.from({ length: 90 }, (_, n) =>
          n % 3 === 0
            ? errorFrom(client.fail({ code: "aborted", message: `no ${n}` })).then(({ message }) => message)
            : n % 3 === 1
              ? client.later(n)
              : streams
                ? all(client.count({ to: n })).then((list) => list.length)
                : client.echo(n),
        ),
      );
      expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : answer.reason))).toEqual(
        Array.from({ length: 90 }, (_, n) => (n % 3 === 0 ? `no ${n}` : n)),
      );
    });

    test("A message of 1 MiB crosses both ways.", async () => {
      const { client } = await arrange(open);
      const text = "0123456789abcdef".repeat(65_536);
      expect((await client.echo(text)) === text).toBe(true);
    });

    test("Text of any language crosses unchanged.", async () => {
      const { client } = await arrange(open);
      const text = carries.text === "xml" ? XML_TEXT : XML_TEXT + NO_XML_TEXT;
      expect(await client.echo({ [text]: [text] })).toEqual({ [text]: [text] });
      expect(await client.echo(["", " ", "\n", `  ${text}  `])).toEqual(["", " ", "\n", `  ${text}  `]);
      if (!streams) return;
      expect(await all(client.list([text, "🦊".repeat(500)]))).toEqual([text, "🦊".repeat(500)]);
    });
  });
}

/** Readers and methods that do not read. */
function heldUp(open: Open, limit: number): void {
  describe("Flow", () => {
    test("A caller that does not read stops the method that writes, and reading lets it go on.", async () => {
      const { client, seen } = await arrange(open);
      const stream = client.flood({ key: "a", to: MANY, bytes: BYTES });
      const sent = (): number => seen.count("a sent");
      await seen.heard("a sent");
      const stopped = await still(sent);
      expect(stopped).toBeLessThan(limit);
      for (let n = 0; n < stopped + 10; n += 1) expect((await stream.next()).value).toHaveLength(BYTES);
      expect(sent()).toBeGreaterThan(stopped);
      await stream.return?.();
      await seen.heard("a finally");
    });

    test("A method that does not read stops its caller, and reading lets it go on.", async () => {
      const { client, seen } = await arrange(open);
      let sent = 0;
      let enough = false;
      async function* messages(): AsyncGenerator<string> {
        yield "a";
        for (; sent < MANY && !enough; sent += 1) yield "x".repeat(BYTES);
      }
      const answer = client.sip(messages());
      await seen.heard("a started");
      const stopped = await still(() => sent);
      expect(stopped).toBeLessThan(limit);
      enough = true;
      seen.tell("a go");
      expect(await answer).toBe(sent + 1);
    });

    test("A stream that was held up still arrives whole.", async () => {
      const { client, seen } = await arrange(open);
      const stream = client.flood({ key: "a", to: 200, bytes: 2000 });
      await seen.heard("a sent");
      await still(() => seen.count("a sent"));
      expect(await all(stream)).toHaveLength(200);
      await seen.heard("a finally");
    });

    test("A held-up stream can be left, and the way is free again.", async () => {
      const { client, seen } = await arrange(open);
      const stream = client.flood({ key: "a", to: MANY, bytes: BYTES });
      await seen.heard("a sent");
      await still(() => seen.count("a sent"));
      await stream.return?.();
      await seen.heard("a finally");
      expect(await client.echo(1)).toBe(1);
    });
  });
}
