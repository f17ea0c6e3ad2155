import fc from "fast-check";
import { once } from "node:events";
import { connect, createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { HttpAnswer } from "../../src/wires/http.js";
import { Heard } from "./heard.js";
import { connected, served } from "./served.js";

type Fields = HttpAnswer["fields"];

const SIZES = [0, 1, 60, 4096, 65_536];

const name = fc.oneof(
  fc.constantFrom("content-type", "accept", "user-agent", "grpc-timeout", "x-request-id", "etag", "authorization"),
  fc.stringMatching(/^x-[a-z0-9-]{1,30}$/u),
);
const value = fc.oneof(
  fc.constantFrom("", "application/grpc", "gzip", "a", "1"),
  // All that a value may hold, and none of the blanks that may not begin or end it.
  fc.stringMatching(/^[!-~\u00a1-\u00ff]([ -~\u00a1-\u00ff]{0,200}[!-~])?$/u),
);
/** Lists of fields in which names occur once, since node joins those that occur more often. */
const lists = fc.array(fc.uniqueArray(fc.tuple(name, value), { maxLength: 20, selector: ([key]) => key }), {
  minLength: 3,
  maxLength: 12,
});

/** Headers as node knows them, in our form; pseudo-header fields and what node adds left out. */
function fieldsOf(headers: IncomingHttpHeaders): Fields {
  return Object.entries(headers)
    .filter(([key]) => !key.startsWith(":") && key !== "date")
    .map(([key, text]) => [key, String(text)]);
}

const sorted = (fields: Fields): Fields =>
  [...fields].map(([key, text]) => [key, text] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));

test("Node reads what we write, and we read what node writes: random heads, at tables of several sizes.", async () => {
  const seen: Fields[] = [];
  let answer: Fields = [];
  const { port } = await served((request, out) => {
    seen.push(request.fields.filter(([key]) => key !== "host"));
    out.respond({ status: 200, fields: answer }, "x", answer);
    return { answer() {}, data: () => true, room() {}, reset() {} };
  });
  for (const headerTableSize of SIZES) {
    const client = connect(`http://127.0.0.1:${port}`, { settings: { headerTableSize } });
    onTestFinished(() => client.destroy());
    await fc.assert(
      fc.asyncProperty(lists, async (heads) => {
        for (const fields of [...heads, ...heads]) {
          answer = fields.map(([key, text]) => [key, text] as const);
          const stream = client.request({ ...Object.fromEntries(fields), ":path": "/" });
          let trailers: IncomingHttpHeaders = {};
          stream.on("trailers", (heard) => (trailers = heard));
          const [head] = (await once(stream, "response")) as [IncomingHttpHeaders]; // so it is declared
          stream.resume();
          await once(stream, "close");
          expect(sorted(seen.at(-1) ?? [])).toEqual(sorted(fields));
          expect(sorted(fieldsOf(head))).toEqual(sorted(fields));
          expect(sorted(fieldsOf(trailers))).toEqual(sorted(fields));
        }
      }),
      { numRuns: 3 },
    );
  }
});

test("The same at our client.", async () => {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    const fields = fieldsOf(headers);
    stream.respond({ ":status": 200, ...Object.fromEntries(fields) });
    stream.end("x");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // A listening server of TCP has one.
  const { port } = server.address() as AddressInfo;
  const client = await connected(port);
  await fc.assert(
    fc.asyncProperty(lists, async (heads) => {
      for (const fields of [...heads, ...heads]) {
        const heard = new Heard();
        client.ask({ method: "GET", path: "/", query: "", fields }, heard, "");
        await heard.over;
        expect(sorted((heard.head?.fields ?? []).filter(([key]) => key !== "date"))).toEqual(sorted(fields));
      }
    }),
    { numRuns: 8 },
  );
});
