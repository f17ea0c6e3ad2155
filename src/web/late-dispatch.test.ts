import { expect, test } from "vitest";
import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import { OK, type Status } from "../call/status.js";
import { lateDispatch } from "./late-dispatch.js";

const HEAD: CallHead = {
  path: "a/b",
  codec: "value",
  timeoutMs: undefined,
  fields: [],
  peer: { address: "memory://" },
  positional: false,
};

/** A Dispatch that answers each call with its own message, once it has ended. */
const echo: Dispatch = (_head, reply) => ({
  head() {},
  message: () => true,
  end: (status, last) => reply.end(status, last),
  drain() {},
});

/** What a caller hears, in order. */
function heard(): { reply: Sink; said: [string, unknown][]; over: Promise<Status> } {
  const said: [string, unknown][] = [];
  let resolve: (status: Status) => void = () => {};
  const over = new Promise<Status>((done) => {
    resolve = done;
  });
  const reply: Sink = {
    head: () => said.push(["head", undefined]),
    message: (body) => said.push(["message", body]) > 0,
    end: (status, last) => {
      said.push([status.code, last]);
      resolve(status);
    },
    drain: () => said.push(["drain", undefined]),
  };
  return { reply, said, over };
}

test("Calls made while the code is loaded wait, and later ones do not; it is loaded once.", async () => {
  let loads = 0;
  const dispatch = lateDispatch(() => {
    loads += 1;
    return Promise.resolve(echo);
  });
  expect(loads).toBe(0);
  const [one, two, three] = [heard(), heard(), heard()];
  dispatch(HEAD, one.reply).end(OK, 1);
  dispatch(HEAD, two.reply).end(OK, 2);
  expect(one.said).toEqual([]);
  await two.over;
  dispatch(HEAD, three.reply).end(OK, 3);
  expect([one.said, two.said, three.said]).toEqual([[["ok", 1]], [["ok", 2]], [["ok", 3]]]);
  expect(loads).toBe(1);
});

test("A call that was given up while it waited is not made.", async () => {
  const made: string[] = [];
  const dispatch = lateDispatch(() =>
    Promise.resolve((head: CallHead, reply: Sink) => {
      made.push(head.path);
      return echo(head, reply);
    }),
  );
  const gone = heard();
  const last = heard();
  dispatch({ ...HEAD, path: "a/gone" }, gone.reply).end({ ...OK, code: "canceled" });
  dispatch({ ...HEAD, path: "a/last" }, last.reply).end(OK, 1);
  await last.over;
  expect(made).toEqual(["a/last"]);
  expect(gone.said).toEqual([]);
});

test("Where the code cannot be loaded, calls end as unavailable, and the next one tries again.", async () => {
  let loads = 0;
  const dispatch = lateDispatch(() => {
    loads += 1;
    return loads === 1 ? Promise.reject(new Error("chunk-7.js is gone")) : Promise.resolve(echo);
  });
  const one = heard();
  dispatch(HEAD, one.reply).end(OK, 1);
  const { code, message } = await one.over;
  expect([code, message]).toEqual(["unavailable", expect.stringContaining("chunk-7.js is gone")]);
  const two = heard();
  dispatch(HEAD, two.reply).end(OK, 2);
  expect((await two.over).code).toBe("ok");
});
