import type { Message, MessageInitShape } from "@bufbuild/protobuf";
import { type AnyMessage, type Call, implement, type Implementor, service, unary } from "callwire";
import { type CallOptions, type Client, connect, withOptions } from "callwire/client";
import { loadProto } from "callwire/proto";
import { describe, expectTypeOf, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import {
  type CountReply,
  type CountRequest,
  type CountRequestSchema,
  type EchoReply,
  type EchoReplySchema,
  type EchoRequest,
  type EchoRequestSchema,
  EchoService,
  type SumReply,
  type SumReplySchema,
  type SumRequest,
  type SumRequestSchema,
} from "../../examples/quickstart/gen/echo_pb.js";
import { Kinds, type Shapes } from "./gen/kinds_pb.js";

// The compiler runs these tests; what is inside never() is compiled and never run.
const never = (_body: () => unknown): void => {};

type C = Client<typeof EchoService>;
type I = Implementor<typeof EchoService>;
type P<T> = T | Promise<T>;
type Sent<T> = Iterable<T> | AsyncIterable<T>;
type Heard<T> = AsyncIterable<T, undefined, undefined>;
type Answers<T> = AsyncIterableIterator<T, undefined, undefined>;

type EchoInit = MessageInitShape<typeof EchoRequestSchema>;
type CountInit = MessageInitShape<typeof CountRequestSchema>;
type SumInit = MessageInitShape<typeof SumRequestSchema>;

describe("a client of a protobuf service", () => {
  test("sends what messages can be made of, and gets messages, for every shape", () => {
    expectTypeOf<keyof C & string>().toEqualTypeOf<"echo" | "count" | "sum" | "chat">();
    expectTypeOf<C["echo"]>().toEqualTypeOf<(input: EchoInit, options?: CallOptions) => Promise<EchoReply>>();
    expectTypeOf<C["count"]>().toEqualTypeOf<(input: CountInit, options?: CallOptions) => Answers<CountReply>>();
    expectTypeOf<C["sum"]>().toEqualTypeOf<(input: Sent<SumInit>, options?: CallOptions) => Promise<SumReply>>();
    expectTypeOf<C["chat"]>().toEqualTypeOf<(input: Sent<EchoInit>, options?: CallOptions) => Answers<EchoReply>>();
  });

  test("is what connect() makes of the descriptor, of what implement() made, and withOptions() of that", () => {
    never(() => {
      const client = connect(EchoService, "frame://127.0.0.1:1");
      expectTypeOf(client).toEqualTypeOf<C>();
      expectTypeOf(withOptions(client, { timeoutMs: 1 })).toEqualTypeOf<C>();
      expectTypeOf(connect(echoService.service, "frame://127.0.0.1:1").chat).toEqualTypeOf<C["chat"]>();
      expectTypeOf(echoService.service.desc).toEqualTypeOf(EchoService);
    });
  });

  test("knows oneofs, maps and messages inside", () => {
    never(async () => {
      const client = connect(Kinds, "frame://127.0.0.1:1");
      const shapes = await client.sayShapes({
        choice: { case: "node", value: { name: "a" } },
        counts: { a: 1n },
        inner: { id: "x" },
      });
      expectTypeOf(shapes).toEqualTypeOf<Shapes>();
      if (shapes.choice.case === "number") expectTypeOf(shapes.choice.value).toEqualTypeOf<bigint>();
      expectTypeOf(shapes.maybe).toEqualTypeOf<number | undefined>();
    });
  });

  test("refuses what the descriptor does not say", () => {
    never(() => {
      const client = connect(EchoService, "frame://127.0.0.1:1");
      const count = {} as CountRequest;
      // @ts-expect-error -- the input is missing
      void client.echo();
      // @ts-expect-error -- a field has another type
      void client.echo({ text: 5 });
      // @ts-expect-error -- there is no such field
      void client.echo({ text: "a", more: 1 });
      // @ts-expect-error -- a field of 64 bits is a bigint
      void client.sum([{ n: 5 }]);
      // @ts-expect-error -- a message of another type
      void client.echo(count);
      // @ts-expect-error -- methods go by their names in JavaScript
      void client.Echo({ text: "a" });
      // @ts-expect-error -- a stream of answers is no promise
      void client.count({ to: 1 }).then(() => {});
      // @ts-expect-error -- a stream takes an iterable
      void client.sum({ n: 1n });
    });
  });
});

describe("the code of a protobuf service", () => {
  test("receives messages, and answers what messages can be made of, for every shape", () => {
    expectTypeOf<I["echo"]>().toEqualTypeOf<
      (input: EchoRequest, call: Call<EchoRequest>) => P<MessageInitShape<typeof EchoReplySchema>>
    >();
    expectTypeOf<Parameters<I["count"]>[0]>().toEqualTypeOf<CountRequest>();
    expectTypeOf<I["sum"]>().toEqualTypeOf<
      (input: Heard<SumRequest>, call: Call<Heard<SumRequest>>) => P<MessageInitShape<typeof SumReplySchema>>
    >();
    expectTypeOf<ReturnType<I["chat"]>>().toEqualTypeOf<P<Sent<MessageInitShape<typeof EchoReplySchema>>>>();
  });

  test("is inferred where it is written, and may be a class", () => {
    never(() => {
      const made = implement(EchoService, {
        echo: (message, call) => {
          expectTypeOf(message).toEqualTypeOf<EchoRequest>();
          expectTypeOf(call).toEqualTypeOf<Call<EchoRequest>>();
          return { text: message.text };
        },
        *count({ to }) {
          for (let n = 0; n < to; n += 1) yield { n };
        },
        async sum(messages) {
          for await (const message of messages) expectTypeOf(message).toEqualTypeOf<SumRequest>();
          return {};
        },
        chat: async () => await Promise.resolve([{ text: "" }]),
      });
      expectTypeOf(made).toEqualTypeOf<typeof echoService>();
      class Echo implements Pick<I, "echo"> {
        echo({ text }: EchoRequest): { text: string } {
          return { text };
        }
      }
      return new Echo();
    });
  });

  test("is refused where it does not fit", () => {
    never(() => {
      const rest = { *count() {}, sum: () => ({}), *chat() {} };
      // @ts-expect-error -- functions are missing
      implement(EchoService, { echo: () => ({}) });
      // @ts-expect-error -- a field of the answer has another type
      implement(EchoService, { ...rest, echo: () => ({ text: 5 }) });
      // @ts-expect-error -- the input has another type
      implement(EchoService, { ...rest, echo: (message: { text: number }) => ({ text: String(message.text) }) });
      // @ts-expect-error -- a stream is answered with an iterable
      implement(EchoService, { ...rest, echo: () => ({}), count: () => ({ n: 1 }) });
    });
  });
});

describe("a protobuf service of which nothing is known before the program runs", () => {
  test("is called, and implemented, with messages whose fields are unknown", () => {
    never(async () => {
      const desc = (await loadProto("echo.proto"))["echo.v1.EchoService"];
      if (desc === undefined) return;
      const client = connect(desc, "frame://127.0.0.1:1");
      const reply = await client["echo"]?.({ text: "x" });
      expectTypeOf(reply).toEqualTypeOf<AnyMessage | undefined>();
      expectTypeOf(reply?.["text"]).toEqualTypeOf<unknown>();
      expectTypeOf(reply?.$typeName).toEqualTypeOf<string | undefined>();
      for await (const each of client["chat"]?.([{ text: "x" }]) ?? []) expectTypeOf(each).toExtend<Message>();
      implement(desc, {
        echo: (input) => {
          expectTypeOf(input["text"]).toEqualTypeOf<unknown>();
          return { text: input["text"] };
        },
        async *chat(messages) {
          for await (const message of messages) {
            expectTypeOf(message).toEqualTypeOf<AnyMessage>();
            yield message;
          }
        },
      });
    });
  });
});

describe("a service of ours", () => {
  test("keeps its types beside those of protobuf", () => {
    never(() => {
      const Own = service("t.Own", { hello: unary() });
      expectTypeOf(connect(Own, "frame://127.0.0.1:1")).toEqualTypeOf<Client<typeof Own>>();
      expectTypeOf(implement(Own, { hello: () => 5 }).service).toEqualTypeOf<typeof Own>();
    });
  });
});
