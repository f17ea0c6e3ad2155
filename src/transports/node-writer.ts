import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { HttpAnswer } from "../wires/http.js";

type Fields = HttpAnswer["fields"];

/** Writes one answer by node's own HTTP. Bytes are node's until they have left, so they are no longer lent. */
export interface NodeWriter {
  /** Begins the answer; `length` where all of its body follows at once, and trailers or none are known. */
  begin(head: HttpAnswer, whole?: { readonly length: number; readonly trailers: Fields | undefined }): void;
  /** False: node's buffer is full. */
  write(bytes: string | Uint8Array): boolean;
  end(trailers?: Fields): void;
  /** After the end: nobody wants what is still to come of the request. */
  unwanted(): void;
  /** Ends the answer before its time; `canceled`: since somebody gave up, else since something is wrong. */
  reset(isCanceled: boolean): void;
}

/** Writes to an answer of node:http, or of what is made of it. It has no trailers. */
export function http1Writer(response: ServerResponse): NodeWriter {
  return {
    begin(head, whole) {
      const fields = recordOf(head.fields);
      // RFC 9110 §8.6: these say nothing of a body.
      if (whole !== undefined && head.status !== 204 && head.status !== 304)
        fields["content-length"] = String(whole.length);
      response.writeHead(head.status, fields);
      if (whole === undefined) response.flushHeaders();
    },
    write: (bytes) => response.write(bytes),
    end: () => void response.end(),
    // It has to be read, so that the connection can carry the next.
    unwanted: () => {},
    reset: () => void response.destroy(),
  };
}

/** Writes to an answer of node:http2: by its stream, which can end with a head alone, but for the trailers. */
export function http2Writer(response: Http2ServerResponse): NodeWriter {
  const { stream } = response;
  let waitForTrailers = false;
  return {
    begin(head, whole) {
      if (stream.destroyed || stream.headersSent) return;
      const fields = { ...response.getHeaders(), ...recordOf(head.fields), ":status": head.status };
      waitForTrailers = whole === undefined || whole.trailers !== undefined;
      stream.respond(fields, { waitForTrailers, endStream: whole?.length === 0 && !waitForTrailers });
    },
    write: (bytes) => stream.destroyed || stream.writableEnded || stream.write(bytes),
    end(trailers = []) {
      // The answer sends them when its stream asks for some, as it does for none.
      response.addTrailers(recordOf(trailers));
      if (!stream.writableEnded) stream.end();
    },
    // RFC 9113 §8.1: a server that has answered may ask for no more of the request. A reset overtakes what node has not written yet: a head in
    // the turn that says it, trailers in the turn that asks for them.
    unwanted() {
      const close = (): void => void setImmediate(() => stream.close(NO_ERROR));
      if (waitForTrailers) stream.once("wantTrailers", close);
      else close();
    },
    reset: (isCanceled) => stream.close(isCanceled ? CANCEL : INTERNAL_ERROR),
  };
}

/** RFC 9113 §7. */
const NO_ERROR = 0;
const CANCEL = 8;
const INTERNAL_ERROR = 2;

function recordOf(fields: Fields): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const before = record[name];
    record[name] = before === undefined ? value : typeof before === "string" ? [before, value] : [...before, value];
  }
  return record;
}
