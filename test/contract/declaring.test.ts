import { bidi, clientStream, functions, implement, serverStream, service, unary } from "callwire";
import { connect } from "callwire/client";
import { describe, expect, test } from "vitest";
import { z } from "zod";

describe("names", () => {
  test.each([
    "a",
    "Greeter",
    "demo.Greeter",
    "a.b.c.D",
    "with-dash",
    "with_underscore",
    "1",
    "é",
    "toString",
    "constructor",
  ])("a service may be named %j", (name) => {
    expect(service(name, {}).name).toBe(name);
    expect(functions(name, {}).service.name).toBe(name);
  });

  test.each(["", " ", "a b", "a/b", "/a", "a/", ".a", "a.", "a..b", "a\n", "a\tb", "a\u0000", "\u001f", "a\u00a0b"])(
    "a service cannot be named %j",
    (name) => {
      expect(() => service(name, {})).toThrow(TypeError);
      expect(() => functions(name, {})).toThrow(`A service cannot be named ${JSON.stringify(name)}`);
    },
  );

  test.each(["a", "hello", "Hello2", "with-dash", "_", "$", "é", "toString", "constructor", "hasOwnProperty", "error"])(
    "a method may be named %j",
    (name) => {
      expect(Object.keys(service("s", { [name]: unary() }).methods)).toEqual([name]);
      expect(Object.keys(functions("s", { [name]: () => 1 }).service.methods)).toEqual([name]);
    },
  );

  test.each(["", " ", "a b", "a.b", "a/b", ".a", "a\n", "\u0000", "__proto__", "then"])(
    "a method cannot be named %j",
    (name) => {
      expect(() => service("s", { [name]: unary() })).toThrow(TypeError);
      expect(() => functions("s", { [name]: () => 1 })).toThrow(`A method cannot be named ${JSON.stringify(name)}`);
    },
  );
});

describe("service", () => {
  test("is plain data: what was said of its methods, and their shapes", () => {
    const input = z.string();
    const Service = service("s", {
      one: unary({ input, out: "answer", doc: "Does one thing." }),
      many: serverStream({ output: input }),
      in: clientStream(),
      both: bidi({ input, output: input }),
    });
    expect(Service).toEqual({
      name: "s",
      methods: {
        one: { shape: "unary", input, out: "answer", doc: "Does one thing." },
        many: { shape: "serverStream", output: input },
        in: { shape: "clientStream" },
        both: { shape: "bidi", input, output: input },
      },
    });
  });
});

describe("implement", () => {
  const Service = service("demo.S", { one: unary(), two: unary() });

  test("names each method without a function", () => {
    expect(() => implement(Service, {} as never)).toThrow("Service demo.S lacks a function for: one, two.");
    expect(() => implement(Service, { one: () => 1 } as never)).toThrow("lacks a function for: two.");
    expect(() => implement(Service, { one: () => 1, two: 2 } as never)).toThrow("lacks a function for: two.");
  });

  test("does not take what every object has for a method", () => {
    const Odd = service("s", { toString: unary(), constructor: unary() });
    expect(() => implement(Odd, Object.create(null) as never)).toThrow("toString, constructor");
  });

  test("takes an instance of a class, with its methods from the prototype", () => {
    class Both {
      one(): number {
        return 1;
      }
      two(): number {
        return 2;
      }
    }
    expect(implement(Service, new Both()).service).toBe(Service);
  });

  test("takes more functions than the contract has, and they cannot be called", () => {
    const more = { one: () => 1, two: () => 2, secret: () => 3 };
    expect(Object.keys(implement(Service, more).service.methods)).toEqual(["one", "two"]);
  });
});

describe("functions", () => {
  test("makes each function a method of positional arguments, with the out it was given", () => {
    const { service: made } = functions(
      "math",
      { add: (a: number, b: number) => a + b, neg: (a: number) => -a },
      { out: { neg: "minus" } },
    );
    expect(made.methods).toEqual({
      add: { shape: "unary", positional: true, out: undefined },
      neg: { shape: "unary", positional: true, out: "minus" },
    });
  });

  test.each([
    [
      "a generator",
      function* numbers() {
        yield 1;
      },
    ],
    [
      "an async generator",
      async function* numbers() {
        yield await Promise.resolve(1);
      },
    ],
  ])("refuses %s and says what to use", (_what, numbers) => {
    expect(() => functions("math", { numbers })).toThrow(
      "Function numbers of math is a generator: declare it in a service() with serverStream() instead.",
    );
  });
});

describe("a client of plain functions", () => {
  test("can be shown, compared and passed on without calling anything", async () => {
    const client = connect("math", "frame://127.0.0.1:1");
    const passed = await Promise.resolve(client);
    expect(passed).toBe(client);
    const shown: unknown = client;
    expect(String(shown)).toBe("[object Object]");
    expect(JSON.stringify(client)).toBe("{}");
    expect(client).not.toEqual(connect("math", "frame://127.0.0.1:1", { connections: 2 }));
    expect(client instanceof Promise).toBe(false);
    await client[Symbol.asyncDispose]();
  });
});
