/**
 * What the way from a caller to a server can carry. A wire that has all of it says nothing; one that lacks something says so, and the
 * kit leaves out what cannot be, and tests in its place what such a wire has to do instead.
 */
export interface Carries {
  /** Streams. False: methods with a stream are left out, and calling one has to be an `unimplemented` that says which wire can. */
  readonly streams: boolean;
  /** Details of errors. False: errors arrive with code and message, and `details` is empty. */
  readonly details: boolean;
  /** Text. `xml`: without the characters that XML 1.0 cannot hold; such a character has to end its call with an error that names it. */
  readonly text: "any" | "xml";
  /** Trailers, with success and with errors. False: nobody looks at them, but headers before the answer still arrive. */
  readonly trailers: boolean;
  /** Any number of messages for any method. False: a method that takes one message and answers one cannot be called as a stream. */
  readonly looseShapes: boolean;
  /**
   * Why a caller ended its call. False: its connection is closed, as a crash would have closed it, so that a cancellation, a deadline
   * and a loss are one and the same to the method. The caller always knows.
   */
  readonly reasons: boolean;
}

/** All there is, as frames carry it. */
export const EVERYTHING: Carries = {
  streams: true,
  details: true,
  text: "any",
  trailers: true,

  looseShapes: true,
  reasons: true,
};
