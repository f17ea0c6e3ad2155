import { describe, expect, test } from "vitest";
import { NO_FIELDS } from "../../src/call/fields.js";
import type { CallHead, Sink } from "../../src/call/sink.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import type { ClientSession } from "../../src/wires/wire.js";
import { clientTalk, FRAMINGS, type Talk } from "./talk.js";

const V = { jsonrpc: "2.0" } as const;

/** A caller, who notes what it hears. */
class Caller implements Sink {
  readonly heard: unknown[] = [];
  status: Status | undefined = undefined;
  full = false;
  drained = 0;

  head(fields: unknown): void {
    this.heard.push({ head: fields });
  }

  message(body: unknown): boolean {
    this.heard.push(body);
    return !this.full;
  }

  end(status: Status, last?: unknown): void {
    if (this.status !== undefined) throw new Error("A call ends once.");
    if (last !== undefined) this.heard.push(last);
    this.status = status;
  }

  drain(): void {
    this.drained += 1;
  }
}

function headOf(parts: Partial<CallHead> = {}): CallHead {
  const peer = { address: "memory://" };
  const head = {
    path: "a.B/c",
    codec: "value" as const,
    timeoutMs: undefined,
    fields: NO_FIELDS,
    peer,
    positional: false,
  };
  return { ...head, shape: "unary", ...parts };
}

/** Opens a call. */
function call(talk: Talk<ClientSession>, parts: Partial<CallHead> = {}): [Sink, Caller] {
  const caller = new Caller();
  return [talk.session.dispatch(headOf(parts), caller), caller];
}

describe("Requests of a client", () => {
  test("An input goes by name if it is an object, as a list if that is what it is, and else as the only one of a list.", () => {
    const positional = { positional: true };
    const table: readonly [input: unknown, params: unknown, parts?: Partial<CallHead>][] = [
      [undefined, undefined],
      [{ a: 1 }, { a: 1 }],
      [[1, 2], [[1, 2]]],
      [null, [null]],
      ["x", ["x"]],
      [0, [0]],
      [new Date(0), ["1970-01-01T00:00:00.000Z"]],
      [{ toJSON: () => 5 }, [5]],
      [[1, 2], [1, 2], positional],
      [[], [], positional],
      [[[1]], [[1]], positional],
      [5, [5], positional],
    ];
    for (const [input, params, parts] of table) {
      const talk = clientTalk("lines");
      call(talk, parts)[0].end(OK, input);
      expect(talk.heard()).toEqual([{ ...V, id: 1, method: "a.B.c", ...(params === undefined ? {} : { params }) }]);
    }
  });

  test("The deadline and the headers go along.", () => {
    const talk = clientTalk("headers");
    const fields = [
      ["a", "1"],
      ["a", "2"],
      ["b", "ß"],
    ] as const;
    call(talk, { timeoutMs: 50, fields })[0].end(OK, {});
    call(talk, { timeoutMs: Number.POSITIVE_INFINITY, path: "add" })[0].end(OK, {});
    expect(talk.heard()).toEqual([
      { ...V, id: 1, method: "a.B.c", params: {}, timeout_ms: 50, headers: { a: ["1", "2"], b: "ß" } },
      { ...V, id: 2, method: "add", params: {} },
    ]);
  });

  test("A stream of input is a request with more, then notifications.", () => {
    const said = (id: number, value: unknown): object => ({ ...V, method: "rpc.message", params: { id, value } });
    const talk = clientTalk("messages");
    const [first] = call(talk, { shape: "clientStream" });
    first.message(1);
    first.message([2]);
    first.end(OK, null);
    const [second] = call(talk, { shape: "bidi" });
    second.head(NO_FIELDS);
    second.head(NO_FIELDS);
    second.message({ a: 1 });
    second.end(OK);
    second.message(3);
    expect(talk.heard()).toEqual([
      { ...V, id: 1, method: "a.B.c", params: [1], more: true },
      said(1, [2]),
      said(1, null),
      { ...V, method: "rpc.end", params: { id: 1 } },
      { ...V, id: 2, method: "a.B.c", more: true },
      said(2, { a: 1 }),
      { ...V, method: "rpc.end", params: { id: 2 } },
    ]);
  });

  test("An input that is no JSON ends its call, and nothing of it is sent.", () => {
    const talk = clientTalk("lines");
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const input of [1n, cycle, () => 1, Symbol("s")]) {
      const [request, caller] = call(talk);
      request.end(OK, input);
      expect(caller.status?.code).toBe("invalid_argument");
    }
    expect([talk.heard(), talk.session.open]).toEqual([[], 0]);
  });

  test("Giving up says rpc.cancel, unless nothing was sent or the server keeps the deadline itself.", () => {
    const talk = clientTalk("lines");
    call(talk)[0].end(failure("canceled", "Enough."));
    const [sent, caller] = call(talk);
    sent.end(OK, {});
    sent.end(failure("canceled", "Enough."));
    const [late] = call(talk, { timeoutMs: 5 });
    late.end(OK, {});
    late.end(failure("deadline_exceeded", "Too late."));
    const { heard } = caller;
    expect(talk.heard().filter((each) => !("id" in (each as object)))).toEqual([
      { ...V, method: "rpc.cancel", params: { id: 2 } },
    ]);
    expect(talk.session.open).toBe(0);
    talk.say({ ...V, id: 2, result: 1 }, { ...V, id: 3, result: 1 });
    expect(heard).toEqual([]);
  });
});

describe("Answers to a client", () => {
  test("Answers come in any order, at every cut, and each reaches its own call.", () => {
    const answers = [3, 1, 2].map((id) => ({ ...V, result: `é${id}`, id }));
    for (const framing of ["lines", "headers"] as const) {
      const whole = Buffer.concat(
        answers.map((answer) => {
          const text = Buffer.from(JSON.stringify(answer));
          const head = framing === "lines" ? "" : `content-type: x\r\ncontent-length: ${text.length}\r\n\r\n`;
          return Buffer.concat([Buffer.from(head), text, Buffer.from(framing === "lines" ? "\n" : "")]);
        }),
      );
      for (let at = 0; at <= whole.length; at += 1) {
        const talk = clientTalk(framing);
        const callers = [1, 2, 3].map(() => {
          const [request, caller] = call(talk);
          request.end(OK, {});
          return caller;
        });
        talk.session.receive(whole.subarray(0, at));
        talk.session.receive(whole.subarray(at));
        expect(callers.map(({ heard }) => heard)).toEqual([["é1"], ["é2"], ["é3"]]);
        expect(talk.session.open).toBe(0);
      }
    }
  });

  test("Any form of answer that can be made sense of is: no version, an older one, an array, members beside it.", () => {
    const table: readonly [answer: unknown, heard: readonly unknown[], code: string][] = [
      [{ id: 1, result: 5 }, [5], "ok"],
      [{ jsonrpc: "1.0", id: 1, result: 5, error: null }, [5], "ok"],
      [[{ ...V, id: 1, result: null }], [null], "ok"],
      [{ ...V, id: 1, result: 5, headers: { A: "b" }, trailers: 5 }, [{ head: [["a", "b"]] }, 5], "ok"],
      [{ ...V, id: 1, error: { code: -32005, message: "m" } }, [], "not_found"],
      [{ ...V, id: 1, error: "m", result: 5 }, [], "unknown"],
      [{ ...V, id: null, error: { code: -32700, message: "m" } }, [], "invalid_argument"],
      [{ ...V, id: 1 }, [], "internal"],
    ];
    for (const framing of FRAMINGS) {
      for (const [answer, heard, code] of table) {
        const talk = clientTalk(framing);
        const [request, caller] = call(talk);
        request.end(OK, {});
        talk.say(answer);
        expect([caller.heard, caller.status?.code]).toEqual([heard, code]);
        expect([talk.session.open, talk.failed]).toEqual([0, undefined]);
      }
    }
  });

  test("An error without an id ends the connection where it may be about several calls, or none.", () => {
    for (const count of [0, 2]) {
      const talk = clientTalk("lines");
      const callers = Array.from({ length: count }, () => {
        const [request, caller] = call(talk);
        request.end(OK, {});
        return caller;
      });
      talk.say({ ...V, id: null, error: { code: -32700, message: "Not understood." } });
      expect(talk.failed).toMatch(/Not understood/u);
      expect(callers.map(({ status }) => status?.code)).toEqual(callers.map(() => "unavailable"));
    }
  });

  test("Answers to nobody's call are ignored.", () => {
    const talk = clientTalk("lines");
    const [request, caller] = call(talk);
    request.end(OK, {});
    for (const id of [2, 257, "1", null, 1.5, {}, undefined]) talk.say({ ...V, id, result: 5 });
    expect([caller.status, talk.session.open, talk.failed]).toEqual([undefined, 1, undefined]);
  });

  test("What is no answer ends the connection and its calls.", () => {
    for (const text of ["hello", "5", "null", '{"id":1,"result":', '{"a" 1}']) {
      const talk = clientTalk("messages");
      const [request, caller] = call(talk);
      request.end(OK, {});
      talk.say(text);
      expect([caller.status?.code, talk.session.open]).toEqual(["unavailable", 0]);
      expect(talk.failed).toBeDefined();
    }
  });

  test("An answer over the limit costs its own call, where it says early whose it is.", () => {
    for (const framing of FRAMINGS) {
      const talk = clientTalk(framing, { maxMessageBytes: 100 });
      const callers = [1, 2].map(() => {
        const [request, caller] = call(talk);
        request.end(OK, {});
        return caller;
      });
      talk.say({ ...V, id: 1, result: "x".repeat(200) }, { ...V, id: 2, result: 5 });
      expect(callers.map(({ status }) => status?.code)).toEqual(["resource_exhausted", "ok"]);
      talk.say({ ...V, result: "x".repeat(200), id: 3 });
      expect(talk.failed).toBeDefined();
    }
  });

  test("A stream is its messages, then a result of null; or the result is its last message.", () => {
    const said = (id: number, value: unknown, headers?: unknown): object => ({
      ...V,
      method: "rpc.message",
      params: { id, value, headers },
    });
    for (const [last, more] of [
      [null, []],
      ["z", ["z"]],
    ] as const) {
      const talk = clientTalk("lines");
      const [request, caller] = call(talk, { shape: "serverStream" });
      request.end(OK, {});
      talk.say(said(1, "x", { a: "b" }), said(1, null, { c: "d" }), {
        ...V,
        id: 1,
        result: last,
        trailers: { e: "f" },
      });
      expect(caller.heard).toEqual([{ head: [["a", "b"]] }, "x", null, ...more]);
      expect([caller.status?.code, caller.status?.trailers]).toEqual(["ok", [["e", "f"]]]);
    }
    const talk = clientTalk("lines");
    const [empty] = [call(talk, { shape: "serverStream" }), call(talk, { shape: undefined })].map(
      ([request, caller]) => {
        request.end(OK, {});
        return caller;
      },
    );
    talk.say({ ...V, id: 1, result: null }, said(2, "x"), { ...V, id: 2, result: null });
    expect([empty?.heard, empty?.status?.code]).toEqual([[], "ok"]);
  });

  test("A reader who is full stops reading, and drain goes on with it.", () => {
    const talk = clientTalk("lines");
    const [request, caller] = call(talk, { shape: "serverStream" });
    request.end(OK, {});
    caller.full = true;
    const messages = [1, 2].map((value) => ({ ...V, method: "rpc.message", params: { id: 1, value } }));
    talk.say(...messages, { ...V, id: 1, result: null });
    expect([caller.heard, talk.paused]).toEqual([[1], true]);
    caller.full = false;
    request.drain();
    expect([caller.heard, caller.status?.code, talk.paused]).toEqual([[1, 2], "ok", false]);
  });

  test("Requests of the server are refused, and its notifications ignored.", () => {
    const talk = clientTalk("headers");
    talk.say({ ...V, id: 5, method: "workspace/configuration" }, { ...V, id: {}, method: "x" });
    talk.say({ ...V, method: "window/logMessage", params: {} }, { ...V, method: "rpc.message" });
    talk.say({ ...V, method: "rpc.message", params: { id: 9, value: 1 } });
    expect(talk.heard()).toMatchObject([
      { id: 5, error: { code: -32601 } },
      { id: null, error: { code: -32601 } },
    ]);
  });

  test("A connection that ends, or is lost, ends its calls; a retired one takes no more.", () => {
    for (const end of ["finish", "lost"] as const) {
      const talk = clientTalk("lines");
      const [request, caller] = call(talk);
      request.end(OK, {});
      if (end === "finish") talk.session.finish();
      else talk.end();
      expect([caller.status?.code, talk.session.open]).toEqual(["unavailable", 0]);
      expect(call(talk)[1].status?.code).toBe("unavailable");
    }
    const talk = clientTalk("lines");
    const [request, caller] = call(talk);
    request.end(OK, {});
    talk.session.retire();
    expect(call(talk)[1].status?.code).toBe("unavailable");
    talk.say({ ...V, id: 1, result: 5 });
    expect([caller.heard, caller.status?.code]).toEqual([[5], "ok"]);
  });

  test("A thousand calls at once keep their ids, whichever are answered first.", () => {
    const talk = clientTalk("lines");
    const callers = Array.from({ length: 1000 }, () => {
      const [request, caller] = call(talk);
      request.end(OK, {});
      return caller;
    });
    const ids = talk.heard().map((request) => (request as { id: number }).id);
    expect(new Set(ids).size).toBe(1000);
    talk.say(...ids.toReversed().map((id) => ({ ...V, id, result: id })));
    expect(callers.map(({ heard }) => heard[0])).toEqual(ids);
    expect(talk.session.open).toBe(0);
  });
});
