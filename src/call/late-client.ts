import type { CallOptions } from "../contract/call.js";
import type { Service } from "../contract/service.js";

type Call = (input: unknown, options?: CallOptions) => unknown;
type Stream = AsyncIterableIterator<unknown, undefined, undefined>;

/**
 * A client of a contract that stands in for one which is still being made: calls are made in their order as soon as that is there.
 * Where it cannot be made, they reject with the reason. Disposing it does what `close` does, at once.
 */
export function lateClient(
  service: Service,
  { client: coming, close }: { readonly client: Promise<object>; readonly close: () => Promise<void> },
): object {
  let ready: Readonly<Record<string, Call>> | undefined;
  const made = coming.then((client) => (ready = client as Readonly<Record<string, Call>>)); // clientOf() makes a function of each method
  // Every call hears of it.
  made.catch(() => {});
  const late: Record<PropertyKey, unknown> = { [Symbol.asyncDispose]: close };
  for (const [name, { shape }] of Object.entries(service.methods)) {
    const streams = shape === "serverStream" || shape === "bidi";
    const soon = (input: unknown, options?: CallOptions): Promise<unknown> =>
      made.then((client) => client[name]?.(input, options));
    late[name] = (input: unknown, options?: CallOptions): unknown => {
      if (ready !== undefined) return ready[name]?.(input, options);
      // What a method that streams answers is a stream.
      return streams ? new LateStream(soon(input, options) as Promise<Stream>) : soon(input, options);
    };
  }
  return late;
}

/** A stream of answers whose call is still to be made. Whatever is done with it is done with the stream, when that is there. */
class LateStream implements AsyncIterableIterator<unknown> {
  readonly #stream: Promise<Stream>;

  constructor(stream: Promise<Stream>) {
    this.#stream = stream;
    // Whoever reads hears of it.
    stream.catch(() => {});
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    return await (await this.#stream).next();
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    return (await (await this.#stream).return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
