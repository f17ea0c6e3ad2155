/** Reads messages one after the other: asynchronously, or at once where they are ready. */
export type MessageIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Begins to read an iterable, asynchronous or plain; undefined: it is none. Texts do not count. */
export function iterate(messages: unknown): MessageIterator | undefined {
  if (typeof messages !== "object" || messages === null) return undefined;
  // Whether it is iterable is what is being found out.
  const iterable = messages as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  return iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.();
}

/** Lets an iterator that nobody reads any more clean up after itself (`finally` in a generator); `failed` hears what that throws. */
export function leave(iterator: MessageIterator, failed: (error: unknown) => void): void {
  try {
    Promise.resolve(iterator.return?.()).catch(failed);
  } catch (error) {
    failed(error);
  }
}
