import { describe, expect, test } from "vitest";
import { Cancellation } from "./cancellation.js";
import { RpcError } from "./rpc-error.js";
import { failure, type Status } from "./status.js";

const why = failure("canceled", "Enough.");

function listener(heard: Status[]) {
  return { cancel: (status: Status) => void heard.push(status) };
}

describe("A cancellation", () => {
  test("reaches everything that was added, once, with its status", () => {
    const cancellation = new Cancellation();
    const heard: Status[] = [];
    cancellation.add(listener(heard));
    cancellation.add(listener(heard));
    cancellation.cancel(why);
    cancellation.cancel(failure("aborted", "Later."));
    expect(heard).toEqual([why, why]);
  });

  test("reaches at once what is added late", () => {
    const cancellation = new Cancellation();
    cancellation.cancel(why);
    const heard: Status[] = [];
    cancellation.add(listener(heard));
    expect(heard).toEqual([why]);
  });

  test("does not reach what was removed, even by another listener of it", () => {
    const cancellation = new Cancellation();
    const heard: Status[] = [];
    const removed = listener(heard);
    cancellation.add(removed);
    cancellation.remove(removed);
    cancellation.add({ cancel: () => cancellation.remove(removed) });
    cancellation.cancel(why);
    expect(heard).toEqual([]);
  });

  test("aborts its signal, whether that was asked for before or after, with an RpcError for a reason", () => {
    const before = new Cancellation();
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    expect(before.signal).toBe(signal);
    before.cancel(why);
    const after = new Cancellation();
    after.cancel(why);
    for (const { aborted, reason } of [signal, after.signal]) {
      expect(aborted).toBe(true);
      expect(reason).toBeInstanceOf(RpcError);
      expect(reason).toMatchObject({ code: "canceled", message: "Enough." });
    }
  });

  test("spreads from one to another", () => {
    const outer = new Cancellation();
    const inner = new Cancellation();
    outer.add(inner);
    outer.cancel(why);
    expect(inner.signal.aborted).toBe(true);
  });
});
