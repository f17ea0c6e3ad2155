import { describe, expect, test } from "vitest";
import { OK } from "../../src/call/status.js";
import type { Carries } from "./carries.js";
import { all, arrange, callByHand, errorFrom, type Open } from "./world.js";

/** How calls fail: what callers hear of it, and what they do not. */
export function errors(open: Open, carries: Carries): void {
  const { streams } = carries;
  /** What of an error's details arrives. */
  const arriving = (details: readonly unknown[]): readonly unknown[] => (carries.details ? details : []);

  describe("Errors", () => {
    test("An RpcError that a method throws reaches the caller with its code, message, details and trailers, and without its cause.", async () => {
      const { client } = await arrange(open);
      let trailers: Headers | undefined;
      const error = await errorFrom(
        client.fail(
          { code: "not_found", message: "No such thing: ü.", details: [{ id: 7 }, "x"], headers: { "x-hint": "look" } },
          { onTrailer: (heard) => (trailers = heard) },
        ),
      );
      expect(error.code).toBe("not_found");
      expect(error.message).toBe("No such thing: ü.");
      expect(error.details).toEqual(arriving([{ id: 7 }, "x"]));
      expect(error.cause).toBeUndefined();
      if (!carries.trailers) return;
      expect(error.headers?.get("x-hint")).toBe("look");
      expect(trailers?.get("x-hint")).toBe("look");
    });

    test("A method that does not exist is unimplemented, whatever the shape of the call.", async () => {
      const { world } = await arrange(open);
      for (const shape of streams
        ? (["unary", "serverStream", "clientStream", "bidi"] as const)
        : (["unary"] as const)) {
        const [request, reply] = callByHand(world, "kit.Kit/missing", { shape });
        await reply.say(request, 1);
        request.end(OK);
        const status = await reply.over;
        expect(status.code).toBe("unimplemented");
        // Some wires write a dot where callwire has a slash.
        expect(status.message).toMatch(/kit\.Kit[./]missing/u);
        expect(reply.disorder).toEqual([]);
      }
    });

    test("Input that its schema refuses is an invalid argument that names the property.", async () => {
      const { client } = await arrange(open);
      const error = await errorFrom(client.greet({ name: "" }));
      expect(error.code).toBe("invalid_argument");
      expect(error.message).toContain("kit.Kit/greet");
      expect(error.message).toContain("name");
      expect(error.details).toEqual(arriving([{ issues: [{ path: "name", message: expect.any(String) }] }]));
    });

    test("Anything else that a method throws is internal, and its message stays at the server.", async () => {
      const { client } = await arrange(open);
      const error = await errorFrom(client.crash());
      expect(error.code).toBe("internal");
      expect(error.message).not.toContain("secret");
      if (!streams) return;
      const heard: number[] = [];
      const torn = await errorFrom(
        (async () => {
          for await (const n of client.crashStream()) heard.push(n);
        })(),
      );
      expect(torn.code).toBe("internal");
      expect(torn.message).not.toContain("secret");
      expect(heard).toEqual([1]);
    });

    test("A failed call leaves the way open for the next.", async () => {
      const { client } = await arrange(open);
      await errorFrom(client.crash());
      await errorFrom(client.fail({ code: "aborted", message: "" }));
      expect(await client.echo(1)).toBe(1);
      if (!streams) return;
      await errorFrom(client.failStream({ code: "aborted", message: "", after: 100 }));
      expect(await client.echo(1)).toBe(1);
      expect(await all(client.count({ to: 2 }))).toEqual([0, 1]);
    });

    if (!streams) return;

    test("A stream that fails before its first message rejects the first read.", async () => {
      const { client } = await arrange(open);
      const error = await errorFrom(client.failStream({ code: "aborted", message: "Not now.", details: [1] }));
      expect([error.code, error.message, error.details]).toEqual(["aborted", "Not now.", arriving([1])]);
    });

    test("A stream that fails in the middle rejects after it began, and never looks complete.", async () => {
      const { client } = await arrange(open);
      const heard: number[] = [];
      const reading = (async () => {
        for await (const n of client.failStream({ code: "data_loss", message: "Torn.", after: 3 })) heard.push(n);
      })();
      const error = await errorFrom(reading);
      expect([error.code, error.message]).toEqual(["data_loss", "Torn."]);
      expect(heard).toEqual([0, 1, 2]);
    });

    test("A method that fails on a message of its input ends the call and stops the input.", async () => {
      const { client } = await arrange(open);
      let stopped = false;
      async function* numbers(): AsyncGenerator<number> {
        try {
          yield 1;
          yield -1;
          for (;;) {
            await new Promise(setImmediate);
            yield 1;
          }
        } finally {
          stopped = true;
        }
      }
      const error = await errorFrom(client.failInput(numbers()));
      expect([error.code, error.message]).toEqual(["out_of_range", "-1 is negative."]);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(stopped).toBe(true);
    });

    test("A message of a stream that its schema refuses fails the call.", async () => {
      const { client } = await arrange(open);
      // What a caller without types may send.
      const wrong = ["one"] as unknown as number[];
      expect((await errorFrom(client.sum(wrong))).code).toBe("invalid_argument");
      expect((await errorFrom(client.double(wrong))).code).toBe("invalid_argument");
    });

    test("A second message for a method that takes one is refused, with the code that the wire's protocol has for it.", async () => {
      const { world } = await arrange(open);
      for (const path of [...(carries.looseShapes ? ["kit.Kit/echo"] : []), "kit.Kit/count"]) {
        const [request, reply] = callByHand(world, path, { shape: "bidi" });
        await reply.say(request, { to: 1 });
        await reply.say(request, { to: 2 });
        request.end(OK);
        expect(["invalid_argument", "unimplemented"]).toContain((await reply.over).code);
        expect(reply.disorder).toEqual([]);
      }
    });
  });
}
