import { functions, RpcError, serve } from "callwire";
import { connect, type FunctionsClient, withOptions } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Answering, httpPeer, xmlAnswer } from "./http-peer.js";

/** What is called here. */
interface Sums {
  add(a: number, b: number): number;
  fail(): never;
}

function batched(place: string): FunctionsClient<Sums> {
  const client = connect<Sums>("", `xmlrpc://${place}/RPC2`, { batch: true });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

const FAULT =
  "<value><struct><member><name>faultCode</name><value><int>17</int></value></member>" +
  "<member><name>faultString</name><value>No such luck</value></member></struct></value>";

/** Answers each call of a multicall with the sum of its numbers, as `written` writes it, or a fault; and single calls as they are. */
function summing(written: (sum: string) => string): Answering {
  return ({ body }) => {
    const sums = body.split("<methodName>").length > 1 && !body.includes("system.multicall") ? [body] : calls(body);
    const values = sums.map((call) =>
      call.includes("fail") ? FAULT : written(`<value><int>${sumOf(call)}</int></value>`),
    );
    if (!body.includes("system.multicall")) return xmlAnswer(`<int>${sumOf(body)}</int>`);
    return xmlAnswer(`<array><data>${values.join("")}</data></array>`);
  };
}

/** The calls in a multicall, each as its text. */
function calls(body: string): readonly string[] {
  return body.split("<name>methodName</name>").slice(1);
}

function sumOf(call: string): number {
  return Array.from(call.matchAll(/<int>(-?\d+)<\/int>/gu), ([, n]) => Number(n)).reduce((sum, n) => sum + n, 0);
}

const WRITTEN: readonly (readonly [string, (sum: string) => string])[] = [
  ["lists of one", (sum) => `<value><array><data>${sum}</data></array></value>`],
  ["bare values", (sum) => sum],
];

describe.each(WRITTEN)("A server that answers a multicall with %s", (_what, written) => {
  test("is sent the calls of one turn as one request, and each gets its own answer or error.", async () => {
    const { place, heard } = await httpPeer(summing(written));
    const client = batched(place);
    const ends = await Promise.allSettled([client.add(1, 2), client.fail(), client.add(3, 4)]);
    expect(ends).toMatchObject([
      { value: 3 },
      { reason: { code: "unknown", message: "No such luck", details: [{ faultCode: 17 }] } },
      { value: 7 },
    ]);
    expect(heard).toHaveLength(1);
    expect(heard[0]?.body).toContain("<methodName>system.multicall</methodName>");
    expect(calls(heard[0]?.body ?? "")).toHaveLength(3);
  });
});

describe("Calls of one turn", () => {
  test("travel by themselves where there is one, where one has a limit of time, or fields of its own.", async () => {
    const { place, heard } = await httpPeer(summing((sum) => sum));
    const client = batched(place);
    expect(await client.add(1, 2)).toBe(3);
    expect(await Promise.all([withOptions(client, { timeoutMs: 5000 }).add(1, 2), client.add(3, 4)])).toEqual([3, 7]);
    expect(await Promise.all([withOptions(client, { headers: { "x-a": "b" } }).add(1, 2), client.add(3, 4)])).toEqual([
      3, 7,
    ]);
    expect(heard).toHaveLength(5);
    expect(heard.some(({ body }) => body.includes("multicall"))).toBe(false);
    expect(heard.filter(({ headers }) => headers["callwire-timeout-ms"] !== undefined)).toHaveLength(1);
    expect(heard.filter(({ headers }) => headers["x-a"] === "b")).toHaveLength(1);
  });

  test("that are very many travel as several requests.", async () => {
    const { place, heard } = await httpPeer(summing((sum) => sum));
    const client = batched(place);
    const sums = await Promise.all(Array.from({ length: 1200 }, (_, n) => client.add(n, 1)));
    expect(sums).toEqual(Array.from({ length: 1200 }, (_, n) => n + 1));
    expect(heard.map(({ body }) => calls(body).length).toSorted()).toEqual([200, 500, 500]);
  });

  test("do not travel at all where they were given up within the turn, and one given up later harms no other.", async () => {
    let answer: (() => void) | undefined;
    const { place, heard } = await httpPeer((request, response) => {
      answer = () => response.end(summing((sum) => sum)(request, response));
    });
    const client = batched(place);
    const [early, late] = [new AbortController(), new AbortController()];
    const one = withOptions(client, { signal: early.signal }).add(1, 2);
    const two = withOptions(client, { signal: late.signal }).add(3, 4);
    const three = client.add(5, 6);
    early.abort();
    await expect(one).rejects.toMatchObject({ code: "canceled" });
    while (answer === undefined) await new Promise(setImmediate);
    late.abort();
    await expect(two).rejects.toMatchObject({ code: "canceled" });
    answer();
    expect(await three).toBe(11);
    expect(calls(heard[0]?.body ?? "")).toHaveLength(2);
  });

  test("all hear of a failure of their request, and of an answer that does not say what became of each.", async () => {
    const down = await httpPeer((_request, response) => void response.writeHead(503).end());
    const failed = batched(down.place);
    for (const end of await Promise.allSettled([failed.add(1, 2), failed.add(3, 4)]))
      expect(end).toMatchObject({ reason: { code: "unavailable" } });
    const short = await httpPeer(() => xmlAnswer("<array><data><value><int>1</int></value></data></array>"));
    const unanswered = batched(short.place);
    for (const end of await Promise.allSettled([unanswered.add(1, 2), unanswered.add(3, 4)]))
      expect(end).toMatchObject({
        reason: { code: "internal", message: "system.multicall did not answer this call." },
      });
  });
});

test("Our own server answers the calls of a turn together, with an error for those that fail.", async () => {
  const sums = functions("sums", {
    add: (a: number, b: number) => a + b,
    fail: () => {
      throw new RpcError("not_found", "Nothing here.");
    },
  });
  const server = await serve([sums], { listen: ["tcp://127.0.0.1:0"] });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const client = batched((server.addresses[0] ?? "").slice("tcp://".length));
  const answers = Array.from({ length: 100 }, (_, n) => client.add(n, 1));
  const failed = client.fail();
  await expect(failed).rejects.toMatchObject({ code: "not_found", message: "Nothing here." });
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  expect(server.counters.connections).toBe(1);
});
