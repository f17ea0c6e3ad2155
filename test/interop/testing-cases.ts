import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, connect, type ConnectOptions, RpcError } from "callwire/client";
import { expect, onTestFinished } from "vitest";
import { type StreamingOutputCallRequestSchema, TestService, UnimplementedService } from "./gen/testing_pb.js";

/** A server of another make, as our clients call it. */
export interface TestingPeer {
  readonly testing: Client<typeof TestService>;
  /** A method that TestService has at no server. */
  readonly noMethod: Client<typeof UnimplementedService>;
  /** A service that there is at no server. */
  readonly noService: Client<typeof UnimplementedService>;
}

/** The service, by the one method that it lacks. */
const NO_METHOD: typeof UnimplementedService = { ...UnimplementedService, typeName: TestService.typeName };

/** Our clients of a server, closed with the running test. */
export function testingPeer(url: string, options: ConnectOptions = {}): TestingPeer {
  const peer = {
    testing: connect(TestService, url, options),
    noMethod: connect(NO_METHOD, url, options),
    noService: connect(UnimplementedService, url, options),
  };
  for (const client of Object.values(peer)) onTestFinished(() => client[Symbol.asyncDispose]());
  return peer;
}

/** The option by which a client compresses its requests, or a server its answers: `gzip`, or `identity` for none. */
export function compressing(coding: string): { readonly sendCompression?: string } {
  return coding === "identity" ? {} : { sendCompression: coding };
}

/** Sizes of requests, and of the answers to them, that all implementations use. */
const LARGE = { asked: 271_828, answered: 314_159 };
const STREAMED = [
  { asked: 27_182, answered: 31_415 },
  { asked: 8, answered: 9 },
  { asked: 1828, answered: 2653 },
  { asked: 45_904, answered: 58_979 },
];

/**
 * What a client has to be able to do with a server of another make: the cases of
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md by their names, and a few more at the end. Each rejects where the
 * answer is another than it should be.
 */
export const TESTING_CASES: Readonly<Record<string, (peer: TestingPeer) => Promise<void>>> = {
  async empty_unary({ testing }) {
    expect(await testing.emptyCall({})).toMatchObject({ $typeName: "grpc.testing.Empty" });
  },

  large_unary: ({ testing }) => largeUnary(testing),

  async client_streaming({ testing }) {
    const messages = STREAMED.map(({ asked }) => ({ payload: zeros(asked) }));
    expect((await testing.streamingInputCall(messages)).aggregatedPayloadSize).toBe(74_922);
  },

  async server_streaming({ testing }) {
    const responseParameters = STREAMED.map(({ answered }) => ({ size: answered }));
    const sizes: number[] = [];
    for await (const { payload } of testing.streamingOutputCall({ responseParameters })) sizes.push(sizeOf(payload));
    expect(sizes).toEqual([31_415, 9, 2653, 58_979]);
  },

  async ping_pong({ testing }) {
    const talk = new Talk();
    const answers = testing.fullDuplexCall(talk.messages());
    for (const { asked, answered } of STREAMED) {
      talk.say({ responseParameters: [{ size: answered }], payload: zeros(asked) });
      const { value } = await answers.next();
      expect(sizeOf(value?.payload)).toBe(answered);
    }
    talk.end();
    expect((await answers.next()).done).toBe(true);
  },

  async empty_stream({ testing }) {
    for await (const message of testing.fullDuplexCall([])) expect(message).toBe("none");
  },

  async timeout_on_sleeping_server({ testing }) {
    const talk = new Talk();
    talk.say({ payload: zeros(27_182) });
    const answers = testing.fullDuplexCall(talk.messages(), { timeoutMs: 20 });
    expect((await failureOf(answers.next())).code).toBe("deadline_exceeded");
  },

  async cancel_after_begin({ testing }) {
    const giving = new AbortController();
    const answer = testing.streamingInputCall(SILENCE, { signal: giving.signal });
    giving.abort();
    expect((await failureOf(answer)).code).toBe("canceled");
  },

  async cancel_after_first_response({ testing }) {
    const giving = new AbortController();
    const talk = new Talk();
    talk.say({ responseParameters: [{ size: 31_415 }], payload: zeros(27_182) });
    const answers = testing.fullDuplexCall(talk.messages(), { signal: giving.signal });
    expect(sizeOf((await answers.next()).value?.payload)).toBe(31_415);
    giving.abort();
    expect((await failureOf(answers.next())).code).toBe("canceled");
  },

  status_code_and_message: ({ testing }) => failing(testing, { code: 2, message: "test status method" }),

  special_status_message: ({ testing }) =>
    failing(testing, {
      code: 2,
      message: "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n",
    }),

  async custom_metadata({ testing }) {
    const heard: (string | null)[] = [];
    const trailing = Buffer.from([0xab, 0xab, 0xab]);
    const options = {
      headers: {
        "x-grpc-test-echo-initial": "test_initial_metadata_value",
        "x-grpc-test-echo-trailing-bin": trailing.toString("base64"),
      },
      onHeader: (fields: Headers) => void heard.push(fields.get("x-grpc-test-echo-initial")),
      onTrailer: (fields: Headers) => void heard.push(fields.get("x-grpc-test-echo-trailing-bin")),
    };
    await testing.unaryCall({ responseSize: LARGE.answered, payload: zeros(LARGE.asked) }, options);
    const asked = [{ responseParameters: [{ size: LARGE.answered }], payload: zeros(LARGE.asked) }];
    for await (const { payload } of testing.fullDuplexCall(asked, options)) expect(sizeOf(payload)).toBe(314_159);
    const echoed = ["test_initial_metadata_value", "q6ur"];
    expect(heard).toEqual([...echoed, ...echoed]);
  },

  async unimplemented_method({ noMethod }) {
    expect((await failureOf(noMethod.unimplementedCall({}))).code).toBe("unimplemented");
  },

  async unimplemented_service({ noService }) {
    expect((await failureOf(noService.unimplementedCall({}))).code).toBe("unimplemented");
  },

  /** Many calls at once over one connection, whose windows hold none of them whole; servers in Ruby have thirty threads. */
  async large_unary_at_once({ testing }) {
    await Promise.all(Array.from({ length: 25 }, () => largeUnary(testing)));
  },

  /** More than the windows of a stream and of a connection hold, each way. */
  async long_streams({ testing }) {
    const messages = Array.from({ length: 100 }, () => ({ payload: zeros(50_000) }));
    expect((await testing.streamingInputCall(messages)).aggregatedPayloadSize).toBe(5_000_000);
    const responseParameters = messages.map(() => ({ size: 50_000 }));
    let size = 0;
    for await (const { payload } of testing.streamingOutputCall({ responseParameters })) size += sizeOf(payload);
    expect(size).toBe(5_000_000);
  },

  /** The server hears that its answers are not wanted any more, and the connection goes on. */
  async half_read_stream({ testing }) {
    const responseParameters = Array.from({ length: 100 }, () => ({ size: 50_000 }));
    for await (const { payload } of testing.streamingOutputCall({ responseParameters })) {
      expect(sizeOf(payload)).toBe(50_000);
      break;
    }
    await largeUnary(testing);
  },
};

type Asked = MessageInitShape<typeof StreamingOutputCallRequestSchema>;

/** What a caller says, message by message, as it goes along. */
class Talk {
  readonly #said: Asked[] = [];
  #over = false;
  #wake: () => void = () => {};

  say(message: Asked): void {
    this.#said.push(message);
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *messages(): AsyncGenerator<Asked> {
    for (;;) {
      for (let next = this.#said.shift(); next !== undefined; next = this.#said.shift()) yield next;
      if (this.#over) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A caller who never gets round to the first message. */
const SILENCE: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
};

async function largeUnary(testing: TestingPeer["testing"]): Promise<void> {
  const { payload } = await testing.unaryCall({ responseSize: LARGE.answered, payload: zeros(LARGE.asked) });
  expect(payload?.type).toBe(0);
  expect(Buffer.compare(payload?.body ?? new Uint8Array(), new Uint8Array(LARGE.answered))).toBe(0);
}

async function failing(
  testing: TestingPeer["testing"],
  responseStatus: { code: number; message: string },
): Promise<void> {
  const expected = { code: "unknown", message: responseStatus.message };
  expect(await failureOf(testing.unaryCall({ responseSize: 1, payload: zeros(1), responseStatus }))).toMatchObject(
    expected,
  );
  const asked = [{ responseParameters: [{ size: 1 }], payload: zeros(1), responseStatus }];
  expect(await failureOf(testing.fullDuplexCall(asked).next())).toMatchObject(expected);
}

async function failureOf(answer: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await answer.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw new Error("The call was expected to end with an RpcError.", { cause: error });
}

function zeros(size: number): { readonly body: Uint8Array<ArrayBuffer> } {
  return { body: new Uint8Array(size) };
}

function sizeOf(payload: { readonly body: Uint8Array } | undefined): number {
  return payload?.body.length ?? -1;
}
