import { Duplex } from "node:stream";
import type { Connection } from "./connection.js";

/** A connection as one of node's streams, for what wants one; it is taken over from whoever heard it. `first`: bytes that have come already. */
export function connectionStream(connection: Connection, first: Uint8Array): Duplex {
  let begun = false;
  let written: (() => void) | undefined;
  const stream = new Duplex({
    allowHalfOpen: true,
    read() {
      if (begun) connection.resume();
    },
    write(chunk: Uint8Array, _encoding, done) {
      // A copy without node's Buffer around it, whose methods differ.
      if (connection.write(new Uint8Array(chunk))) done();
      else written = done;
    },
    final(done) {
      connection.end();
      done();
    },
    destroy(error, done) {
      connection.destroy(error ?? undefined);
      done(error);
    },
  });
  connection.start({
    data(chunk) {
      // The chunk is lent.
      if (!stream.push(Buffer.from(chunk))) connection.pause();
    },
    end: () => void stream.push(null),
    drain() {
      const done = written;
      written = undefined;
      done?.();
    },
    close: (error) => void stream.destroy(error),
  });
  connection.pause();
  // Later, since node's TLS reads twice what waits in a stream that it is given.
  setImmediate(() => {
    begun = true;
    if (first.length > 0) stream.push(Buffer.from(first));
    connection.resume();
  });
  return stream;
}
