import {
  bidi,
  type Call,
  clientStream,
  functions,
  implement,
  type Implementor,
  type Schema,
  serverStream,
  service,
  type Service,
  unary,
} from "callwire";
import { type CallOptions, type Client, connect, type FunctionsClient, withOptions } from "callwire/client";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

// The compiler runs these tests: `npm run check -- types` fails where a line below is wrong, and where a line marked
// with @ts-expect-error is right. What is inside never() is compiled and never run.
const never = (_body: () => unknown): void => {};

type Yes<T extends true> = T;
type No<T extends false> = T;
type IsAny<T> = 0 extends 1 & T ? true : false;

/** Whether `any` is somewhere in a type: in parameters, results, messages, elements or properties. */
type HasAny<T, Depth extends unknown[] = []> =
  IsAny<T> extends true
    ? true
    : Depth["length"] extends 6
      ? false
      : T extends Call<infer Input>
        ? HasAny<Input, [...Depth, 1]>
        : T extends CallOptions | AbortSignal | Date | string | number | boolean | null | undefined
          ? false
          : T extends (...args: infer Args) => infer Result
            ? HasAny<Args[number], [...Depth, 1]> | HasAny<Result, [...Depth, 1]> extends false
              ? false
              : true
            : T extends Promise<infer Value>
              ? HasAny<Value, [...Depth, 1]>
              : T extends AsyncIterable<infer Message> | Iterable<infer Message>
                ? HasAny<Message, [...Depth, 1]>
                : T extends object
                  ? true extends { [K in keyof T]: HasAny<T[K], [...Depth, 1]> }[keyof T]
                    ? true
                    : false
                  : false;

type Functions<T> = Pick<T, Extract<keyof T, string>>;

describe("the measure itself", () => {
  test("finds any where it is, and nowhere else", () => {
    never(() => {
      // oxlint-disable typescript/no-explicit-any -- what is looked for
      type _1 = Yes<HasAny<any>>;
      type _2 = Yes<HasAny<{ a: (x: string, y: any) => void }>>;
      type _3 = Yes<HasAny<() => Promise<any>>>;
      type _4 = Yes<HasAny<() => AsyncIterableIterator<any>>>;
      type _5 = Yes<HasAny<(input: { deep: { er: any[] } }) => void>>;
      // oxlint-enable typescript/no-explicit-any
      type _6 = No<HasAny<unknown>>;
      type _7 = No<HasAny<(input: { a: string[] }, call: Call<{ a: string }>) => Promise<void>>>;
      type _8 = No<HasAny<(input: AsyncIterable<number>, options?: CallOptions) => AsyncIterableIterator<string>>>;
    });
  });
});

interface In {
  name: string;
  count?: number | undefined;
}
interface Out {
  text: string;
}
const input = z.object({ name: z.string(), count: z.number().optional() });
const output = z.object({ text: z.string() });

const All = service("t.All", {
  unary: unary({ input, output }),
  server: serverStream({ input, output }),
  client: clientStream({ input, output }),
  bidi: bidi({ input, output }),
  unaryIn: unary({ input }),
  serverIn: serverStream({ input }),
  clientIn: clientStream({ input }),
  bidiIn: bidi({ input }),
  unaryOut: unary({ output }),
  serverOut: serverStream({ output }),
  clientOut: clientStream({ output }),
  bidiOut: bidi({ output }),
  unaryNone: unary(),
  serverNone: serverStream({ doc: "Nothing is known." }),
  clientNone: clientStream({}),
  bidiNone: bidi({ out: "x" }),
});
type C = Client<typeof All>;
type I = Implementor<typeof All>;
type Sent<T> = Iterable<T> | AsyncIterable<T>;
type Heard<T> = AsyncIterable<T, undefined, undefined>;
type Answers<T> = AsyncIterableIterator<T, undefined, undefined>;

describe("a client of a contract", () => {
  test("has the types of the schemas, for every shape", () => {
    expectTypeOf<C["unary"]>().toEqualTypeOf<(input: In, options?: CallOptions) => Promise<Out>>();
    expectTypeOf<C["server"]>().toEqualTypeOf<(input: In, options?: CallOptions) => Answers<Out>>();
    expectTypeOf<C["client"]>().toEqualTypeOf<(input: Sent<In>, options?: CallOptions) => Promise<Out>>();
    expectTypeOf<C["bidi"]>().toEqualTypeOf<(input: Sent<In>, options?: CallOptions) => Answers<Out>>();
  });

  test("answers unknown where no output was declared, and takes nothing where no input was", () => {
    expectTypeOf<C["unaryIn"]>().toEqualTypeOf<(input: In, options?: CallOptions) => Promise<unknown>>();
    expectTypeOf<C["serverIn"]>().toEqualTypeOf<(input: In, options?: CallOptions) => Answers<unknown>>();
    expectTypeOf<C["clientIn"]>().toEqualTypeOf<(input: Sent<In>, options?: CallOptions) => Promise<unknown>>();
    expectTypeOf<C["bidiIn"]>().toEqualTypeOf<(input: Sent<In>, options?: CallOptions) => Answers<unknown>>();
    expectTypeOf<C["unaryOut"]>().toEqualTypeOf<(input: void, options?: CallOptions) => Promise<Out>>();
    expectTypeOf<C["serverOut"]>().toEqualTypeOf<(input: void, options?: CallOptions) => Answers<Out>>();
    expectTypeOf<C["clientOut"]>().toEqualTypeOf<(input: Sent<void>, options?: CallOptions) => Promise<Out>>();
    expectTypeOf<C["bidiOut"]>().toEqualTypeOf<(input: Sent<void>, options?: CallOptions) => Answers<Out>>();
    expectTypeOf<C["unaryNone"]>().toEqualTypeOf<(input: void, options?: CallOptions) => Promise<unknown>>();
    expectTypeOf<C["serverNone"]>().toEqualTypeOf<(input: void, options?: CallOptions) => Answers<unknown>>();
    expectTypeOf<C["clientNone"]>().toEqualTypeOf<(input: Sent<void>, options?: CallOptions) => Promise<unknown>>();
    expectTypeOf<C["bidiNone"]>().toEqualTypeOf<(input: Sent<void>, options?: CallOptions) => Answers<unknown>>();
  });

  test("has no any anywhere", () => {
    never(() => {
      type _Client = No<HasAny<Functions<C>>>;
      const client = connect(All, "frame://127.0.0.1:1");
      type _Connected = No<HasAny<Functions<typeof client>>>;
      expectTypeOf(client).toEqualTypeOf<C>();
      expectTypeOf(withOptions(client, { timeoutMs: 1 })).toEqualTypeOf<C>();
    });
  });

  test("is read message by message without any", () => {
    never(async () => {
      const client = connect(All, "frame://127.0.0.1:1");
      for await (const message of client.server({ name: "Ada" })) expectTypeOf(message).toEqualTypeOf<Out>();
      const step = await client.bidi([]).next();
      expectTypeOf(step.value).toEqualTypeOf<Out | undefined>();
      if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<Out>();
    });
  });

  test("is called without an argument where there is no input, and with options behind undefined", () => {
    never(async () => {
      const client = connect(All, "frame://127.0.0.1:1");
      expectTypeOf(await client.unaryOut()).toEqualTypeOf<Out>();
      expectTypeOf(await client.unaryOut(undefined, { timeoutMs: 1 })).toEqualTypeOf<Out>();
      for await (const message of client.serverOut()) expectTypeOf(message).toEqualTypeOf<Out>();
    });
  });

  test("takes plain and asynchronous iterables for its streams", () => {
    never(async () => {
      const client = connect(All, "frame://127.0.0.1:1");
      await client.client([{ name: "a" }]);
      await client.client(new Set([{ name: "a" }]));
      await client.client(client.bidiIn([]) as AsyncIterable<In>);
      await client.client(
        (async function* () {
          yield { name: "a" };
        })(),
      );
    });
  });

  test("refuses what the contract does not say", () => {
    never(() => {
      const client = connect(All, "frame://127.0.0.1:1");
      // @ts-expect-error -- the input is missing
      void client.unary();
      // @ts-expect-error -- a property is missing
      void client.unary({});
      // @ts-expect-error -- a property has another type
      void client.unary({ name: 5 });
      // @ts-expect-error -- there is no such property
      void client.unary({ name: "a", more: 1 });
      // @ts-expect-error -- there is no input
      void client.unaryOut({ name: "a" });
      // @ts-expect-error -- there is no such option
      void client.unary({ name: "a" }, { timeout: 5 });
      // @ts-expect-error -- there is no such method
      void client.missing();
      // @ts-expect-error -- a stream takes an iterable
      void client.client({ name: "a" });
      // @ts-expect-error -- of messages of its type
      void client.client([1]);
      // @ts-expect-error -- a stream of answers is no promise
      void client.server({ name: "a" }).then(() => {});
      // @ts-expect-error -- an answer is no stream
      void client.unary({ name: "a" }).next();
      // @ts-expect-error -- a client is not changed
      client.unary = () => Promise.resolve({ text: "" });
      // @ts-expect-error -- unknown has to be looked at before it is used
      void client.unaryIn({ name: "a" }).then((answer) => answer.text);
    });
  });
});

describe("the code of a contract", () => {
  type P<T> = T | Promise<T>;

  test("has the types of the schemas, for every shape", () => {
    expectTypeOf<I["unary"]>().toEqualTypeOf<(input: In, call: Call<In>) => P<Out>>();
    expectTypeOf<I["server"]>().toEqualTypeOf<(input: In, call: Call<In>) => P<Sent<Out>>>();
    expectTypeOf<I["client"]>().toEqualTypeOf<(input: Heard<In>, call: Call<Heard<In>>) => P<Out>>();
    expectTypeOf<I["bidi"]>().toEqualTypeOf<(input: Heard<In>, call: Call<Heard<In>>) => P<Sent<Out>>>();
    expectTypeOf<I["unaryNone"]>().toEqualTypeOf<(input: void, call: Call<void>) => unknown>();
    expectTypeOf<I["bidiOut"]>().toEqualTypeOf<(input: Heard<void>, call: Call<Heard<void>>) => P<Sent<Out>>>();
  });

  test("has no any anywhere", () => {
    never(() => {
      type _Code = No<HasAny<I>>;
    });
  });

  test("is inferred where it is written, with functions and generators of both kinds", () => {
    never(() => {
      const Shapes = service("t.Shapes", {
        unary: unary({ input, output }),
        server: serverStream({ input, output }),
        client: clientStream({ input, output }),
        bidi: bidi({ input, output }),
      });
      implement(Shapes, {
        unary: (message, call) => {
          expectTypeOf(message).toEqualTypeOf<In>();
          expectTypeOf(call).toEqualTypeOf<Call<In>>();
          expectTypeOf(call.input).toEqualTypeOf<In>();
          return { text: message.name };
        },
        *server(message) {
          expectTypeOf(message).toEqualTypeOf<In>();
          yield { text: message.name };
        },
        async client(messages, call) {
          expectTypeOf(call.input).toEqualTypeOf<Heard<In>>();
          for await (const message of messages) expectTypeOf(message).toEqualTypeOf<In>();
          expectTypeOf((await messages[Symbol.asyncIterator]().next()).value).toEqualTypeOf<In | undefined>();
          return { text: "" };
        },
        async *bidi(messages) {
          for await (const { name } of messages) yield { text: name };
        },
      });
      implement(Shapes, {
        unary: async () => await Promise.resolve({ text: "" }),
        server: () => [{ text: "" }],
        client: () => ({ text: "" }),
        bidi: async (messages) => {
          for await (const { name } of messages) return new Set([{ text: name }]);
          return [];
        },
      });
    });
  });

  test("may be a class", () => {
    never(() => {
      const One = service("t.One", { hello: unary({ input, output }) });
      class Hello {
        readonly greeting: string = "hello";
        hello({ name }: In): Out {
          return { text: `${this.greeting} ${name}` };
        }
      }
      implement(One, new Hello());
    });
  });

  test("is refused where it does not fit", () => {
    never(() => {
      const One = service("t.One", { hello: unary({ input, output }) });
      const Stream = service("t.Stream", { ticks: serverStream({ output: z.number() }) });
      // @ts-expect-error -- a function is missing
      implement(One, {});
      // @ts-expect-error -- the answer has another type
      implement(One, { hello: () => ({ text: 5 }) });
      // @ts-expect-error -- a promise of another type
      implement(One, { hello: async () => await Promise.resolve("text") });
      // @ts-expect-error -- the input has another type
      implement(One, { hello: (message: { name: number }) => ({ text: String(message.name) }) });
      // @ts-expect-error -- there is no such property of the input
      implement(One, { hello: (message) => ({ text: message.missing }) });
      // @ts-expect-error -- a stream is answered with an iterable
      implement(Stream, { ticks: () => 5 });
      // @ts-expect-error -- of messages of its type
      implement(Stream, { ticks: () => ["a"] });
    });
  });
});

describe("schemas that change what they check", () => {
  const Transforms = service("t.Transforms", {
    number: unary({ input: z.string().transform(Number), output: z.number() }),
    defaults: unary({ input: z.object({ n: z.number().default(1) }), output: z.object({ n: z.number().default(1) }) }),
    coerced: clientStream({ input: z.string().transform((text) => new Date(text)), output: z.string() }),
  });

  test("the caller sends what goes in, the method receives what comes out", () => {
    type T = Client<typeof Transforms>;
    type M = Implementor<typeof Transforms>;
    expectTypeOf<Parameters<T["number"]>[0]>().toEqualTypeOf<string>();
    expectTypeOf<Parameters<M["number"]>[0]>().toEqualTypeOf<number>();
    expectTypeOf<Parameters<T["defaults"]>[0]>().toEqualTypeOf<{ n?: number | undefined }>();
    expectTypeOf<Parameters<M["defaults"]>[0]>().toEqualTypeOf<{ n: number }>();
    expectTypeOf<Parameters<T["coerced"]>[0]>().toEqualTypeOf<Sent<string>>();
    expectTypeOf<Parameters<M["coerced"]>[0]>().toEqualTypeOf<Heard<Date>>();
    never(() => {
      type _Client = No<HasAny<Functions<T>>>;
      type _Code = No<HasAny<M>>;
    });
  });

  test("an answer is what goes into the output's schema, at both ends, since it is checked and not changed", () => {
    expectTypeOf<ReturnType<Client<typeof Transforms>["defaults"]>>().toEqualTypeOf<
      Promise<{ n?: number | undefined }>
    >();
    expectTypeOf<ReturnType<Implementor<typeof Transforms>["defaults"]>>().toEqualTypeOf<
      { n?: number | undefined } | Promise<{ n?: number | undefined }>
    >();
  });

  test("any validator of the Standard Schema will do", () => {
    never(() => {
      const schema = {} as Schema<"in", "out">;
      const Own = service("t.Own", { method: unary({ input: schema, output: schema }) });
      expectTypeOf<Parameters<Client<typeof Own>["method"]>[0]>().toEqualTypeOf<"in">();
      expectTypeOf<Parameters<Implementor<typeof Own>["method"]>[0]>().toEqualTypeOf<"out">();
      expectTypeOf<ReturnType<Client<typeof Own>["method"]>>().toEqualTypeOf<Promise<"in">>();
    });
  });
});

describe("plain functions", () => {
  const math = functions("math", {
    add: (a: number, b: number) => a + b,
    later: async (text: string, times = 1) => await Promise.resolve(text.repeat(times)),
    optional: (a?: string) => a ?? null,
    rest: (first: string, ...others: number[]) => ({ first, others }),
    nothing: () => {},
    left() {
      expectTypeOf(this).toEqualTypeOf<Call>();
      return this.timeoutMs();
    },
    async waits(ms: number) {
      expectTypeOf(this.signal).toEqualTypeOf<AbortSignal>();
      return await Promise.resolve(ms);
    },
    record: (input: { a: string }): Out => ({ text: input.a }),
  });
  type M = FunctionsClient<typeof math>;

  test("are called with their own arguments, and answer promises", () => {
    expectTypeOf<M["add"]>().toEqualTypeOf<(a: number, b: number) => Promise<number>>();
    expectTypeOf<M["later"]>().toEqualTypeOf<(text: string, times?: number) => Promise<string>>();
    expectTypeOf<M["optional"]>().toEqualTypeOf<(a?: string) => Promise<string | null>>();
    expectTypeOf<M["rest"]>().toEqualTypeOf<
      (first: string, ...others: number[]) => Promise<{ first: string; others: number[] }>
    >();
    expectTypeOf<M["nothing"]>().toEqualTypeOf<() => Promise<void>>();
    expectTypeOf<M["left"]>().toEqualTypeOf<() => Promise<number | undefined>>();
    expectTypeOf<M["waits"]>().toEqualTypeOf<(ms: number) => Promise<number>>();
    expectTypeOf<M["record"]>().toEqualTypeOf<(input: { a: string }) => Promise<Out>>();
  });

  test("need no more than their type at the client, and have no any anywhere", () => {
    never(() => {
      const client = connect<typeof math>("math", "frame://127.0.0.1:1");
      expectTypeOf(client).toEqualTypeOf<M>();
      type _Client = No<HasAny<Functions<M>>>;
      expectTypeOf(client.add(1, 2)).toEqualTypeOf<Promise<number>>();
    });
  });

  test("may be given as an interface, for servers of another make", () => {
    interface Article {
      ping(text: string): string;
      pi(n: number): Promise<number>;
    }
    expectTypeOf<FunctionsClient<Article>["ping"]>().toEqualTypeOf<(text: string) => Promise<string>>();
    expectTypeOf<FunctionsClient<Article>["pi"]>().toEqualTypeOf<(n: number) => Promise<number>>();
    never(() => {
      type _Client = No<HasAny<Functions<FunctionsClient<Article>>>>;
    });
  });

  test("of which nothing is said take and answer unknown", () => {
    never(() => {
      const client = connect("math", "frame://127.0.0.1:1");
      expectTypeOf(client["add"]).toEqualTypeOf<((...args: unknown[]) => Promise<unknown>) | undefined>();
    });
  });

  test("are refused where they do not fit", () => {
    never(() => {
      const client = connect<typeof math>("math", "frame://127.0.0.1:1");
      // @ts-expect-error -- an argument is missing
      void client.add(1);
      // @ts-expect-error -- an argument has another type
      void client.add(1, "2");
      // @ts-expect-error -- there is one argument too many
      void client.add(1, 2, 3);
      // @ts-expect-error -- there is no such function
      void client.sub(1, 2);
      // @ts-expect-error -- the answer has another type
      const _sum: Promise<string> = client.add(1, 2);
      // @ts-expect-error -- there is no such function to name the answer of
      functions("math", { add: (a: number) => a }, { out: { sub: "x" } });
      // @ts-expect-error -- not a function
      functions("math", { add: 5 });
    });
  });
});

describe("a service of which nothing is known", () => {
  test("is called and implemented without any", () => {
    never(() => {
      type _Client = No<HasAny<Client<Service>[string]>>;
      type _Code = No<HasAny<Implementor<Service>[string]>>;
    });
  });
});
