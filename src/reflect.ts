import { type Client, connect, type ConnectOptions } from "./client.js";
import { RpcError } from "./call/rpc-error.js";
import type { HeaderInit } from "./contract/call.js";
import type { ServerReflection } from "./services/gen/grpc/reflection/v1/reflection_pb.js";
import type { ReflectedFiles, ReflectionAsk } from "./services/reflected-files.js";

/** How a server is asked. */
export interface ReflectOptions {
  /** All of it takes so long at the most; 10 s by default. */
  readonly timeoutMs?: number | undefined;
  readonly headers?: HeaderInit | undefined;
  /** Aborting it gives up. */
  readonly signal?: AbortSignal | undefined;
  /** How the server is connected to, its certificates for one. */
  readonly connect?: ConnectOptions | undefined;
}

/** What a server says of itself in one message may be as large as that. */
const MOST_BYTES = 64 * 1024 * 1024;

type Requests = Parameters<Client<typeof ServerReflection>["serverReflectionInfo"]>[0];
type Request = Requests extends Iterable<infer R> | AsyncIterable<infer R> ? R : never;

/**
 * Does work with what a gRPC server tells of itself by reflection, in version 1, or `v1alpha` where it has no other. Rejects as `unimplemented` where it
 * has neither, and with what `work` rejects with; the connection is closed in any case. Throws a TypeError for a URL that cannot be called.
 */
export async function reflect<T>(
  url: string,
  { timeoutMs = 10_000, headers, signal, connect: own }: ReflectOptions,
  work: (files: ReflectedFiles) => Promise<T>,
): Promise<T> {
  const [{ ServerReflection }, { alphaReflection }, { ReflectedFiles }] = await Promise.all([
    import("./services/gen/grpc/reflection/v1/reflection_pb.js"),
    import("./services/reflection.js"),
    import("./services/reflected-files.js"),
  ]);
  const until = performance.now() + timeoutMs;
  const options = { connectTimeoutMs: timeoutMs, maxMessageBytes: MOST_BYTES, ...own };
  for (const service of [ServerReflection, alphaReflection()]) {
    const client = connect(service, url, options);
    const asker = new Asker((requests) =>
      client.serverReflectionInfo(requests, { headers, signal, timeoutMs: Math.max(1, until - performance.now()) }),
    );
    try {
      return await work(new ReflectedFiles(asker.ask));
    } catch (error) {
      if (!(error instanceof RpcError && error === asker.failed && error.code === "unimplemented")) throw error;
    } finally {
      asker.end();
      await client[Symbol.asyncDispose]();
    }
  }
  throw new RpcError(
    "unimplemented",
    `The server at ${url} has no reflection: turn it on there, or take its .proto files.`,
  );
}

/** Asks questions in one stream. */
class Asker {
  /** What the stream ended with. */
  failed: unknown = undefined;
  readonly #questions: Request[] = [];
  readonly #answers: ReturnType<Client<typeof ServerReflection>["serverReflectionInfo"]>;
  #last: Promise<unknown> = Promise.resolve();
  #wake: (() => void) | undefined = undefined;
  #ended = false;

  constructor(open: (requests: Requests) => ReturnType<Client<typeof ServerReflection>["serverReflectionInfo"]>) {
    this.#answers = open(this.#asked());
  }

  /** One after the other: some servers answer what is asked at once in whichever order it is ready. */
  readonly ask: ReflectionAsk = (messageRequest) => {
    const answer = this.#last.then(() => {
      this.#questions.push({ messageRequest });
      this.#wake?.();
      return this.#next();
    });
    // Who asked hears of it.
    this.#last = answer.catch(() => {});
    return answer;
  };

  /** Asks no more. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *#asked(): AsyncGenerator<Request, void, undefined> {
    while (!this.#ended) {
      const question = this.#questions.shift();
      if (question !== undefined) yield question;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  async #next(): ReturnType<ReflectionAsk> {
    if (this.failed !== undefined) throw this.failed;
    try {
      const { done, value } = await this.#answers.next();
      if (done !== true) return value.messageResponse;
    } catch (error) {
      this.failed = error;
      throw error;
    }
    throw (this.failed = new RpcError("internal", "The server ended its reflection before it had answered."));
  }
}
