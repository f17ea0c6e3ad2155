import { describe, expect, test } from "vitest";
import type { HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";
import { heldUntilLoaded } from "./held-request.js";

const REQUEST: HttpRequest = { method: "POST", path: "/a.B/c", query: "", fields: [] };
const BODY = "hello";
const LOST = { code: "canceled", message: "Gone.", details: [], trailers: [] } as const;

/** One request, what it is answered with, and the moment at which that is there. */
class Scene {
  /** What whoever answers has heard, and what it has said to the transport. */
  readonly heard: string[] = [];
  readonly failures: unknown[] = [];
  loads = 0;
  /** It wants no more after each piece. */
  slow = false;
  #loaded: (serve: HttpServe) => void = () => {};
  #failed: (error: Error) => void = () => {};
  readonly serve: HttpServe = heldUntilLoaded({
    load: () => {
      this.loads += 1;
      return new Promise((resolve, reject) => {
        this.#loaded = resolve;
        this.#failed = reject;
      });
    },
    ownLimits: "all",
    failed: (error) => this.failures.push(error),
  });
  readonly #out: HttpOut = {
    respond: ({ status }, body) => this.heard.push(`${status} ${String(body)}`),
    head: () => {},
    data: () => true,
    resume: () => this.heard.push("resume"),
    reset: () => {},
    upgrade: () => false,
  };

  begin(): HttpIn {
    return this.serve(REQUEST, this.#out);
  }

  async load(): Promise<void> {
    this.#loaded(() => {
      this.heard.push("begun");
      return {
        ownLimits: "size",
        answer() {},
        data: (bytes, { start, end }, last) => {
          this.heard.push(`${Buffer.from(bytes.subarray(start, end)).toString()}${last ? "." : ""}`);
          return !this.slow;
        },
        trailers: (fields) => this.heard.push(fields.flat().join("=")),
        room: () => this.heard.push("room"),
        reset: ({ message }) => this.heard.push(message),
      };
    });
    await settled();
  }

  async fail(): Promise<void> {
    this.#failed(new Error("No such file."));
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Tells a piece in bytes that are somebody else's right after. */
function tell(request: HttpIn, text: string, last: boolean): boolean {
  const lent = Buffer.from(`<${text}>`);
  const more = request.data(lent, { start: 1, end: lent.length - 1 }, last);
  lent.fill(0);
  return more;
}

describe("A request that is held", () => {
  test.each(Array.from({ length: BODY.length + 1 }, (_, cut) => cut))(
    "is told whole, cut after %i bytes.",
    async (cut) => {
      const scene = new Scene();
      const request = scene.begin();
      expect(tell(request, BODY.slice(0, cut), false)).toBe(false);
      await scene.load();
      expect(scene.heard).toEqual(["begun", BODY.slice(0, cut), "resume"]);
      expect(tell(request, BODY.slice(cut), true)).toBe(true);
      expect(scene.heard.slice(3)).toEqual([`${BODY.slice(cut)}.`]);
    },
  );

  test("is told with its end, and asks for nothing more.", async () => {
    const scene = new Scene();
    const request = scene.begin();
    tell(request, "all", false);
    request.trailers?.([["a", "1"]]);
    expect(tell(request, "", true)).toBe(false);
    await scene.load();
    expect(scene.heard).toEqual(["begun", "a=1", "all."]);
  });

  test("waits on for who wants no more after its first piece.", async () => {
    const scene = new Scene();
    scene.slow = true;
    tell(scene.begin(), "first", false);
    await scene.load();
    expect(scene.heard).toEqual(["begun", "first"]);
  });

  test("whose body has not come is begun, and the rest is passed on.", async () => {
    const scene = new Scene();
    const request = scene.begin();
    request.room();
    await scene.load();
    tell(request, "x", false);
    request.trailers?.([["b", "2"]]);
    request.room();
    request.reset(LOST);
    expect(scene.heard).toEqual(["begun", "x", "b=2", "room", "Gone."]);
  });

  test("and has ended meanwhile is told to nobody.", async () => {
    const scene = new Scene();
    const request = scene.begin();
    tell(request, "x", false);
    request.reset(LOST);
    expect(tell(request, "y", true)).toBe(true);
    await scene.load();
    expect(scene.heard).toEqual([]);
  });

  test("has the limits that are known beforehand, then those of who answers.", async () => {
    const scene = new Scene();
    const request = scene.begin();
    expect(request.ownLimits).toBe("all");
    await scene.load();
    expect(request.ownLimits).toBe("size");
  });

  test("is answered with 500 where nothing can be loaded, and the next one tries again.", async () => {
    const scene = new Scene();
    const request = scene.begin();
    tell(request, "x", false);
    await scene.fail();
    expect(scene.failures).toEqual([new Error("No such file.")]);
    expect(scene.heard).toEqual([expect.stringMatching(/^500 The server could not load/u)]);
    expect(tell(request, "y", true)).toBe(true);
    const next = scene.begin();
    await scene.load();
    tell(next, "z", true);
    expect(scene.heard.slice(1)).toEqual(["begun", "z."]);
    expect(scene.loads).toBe(2);
  });
});

test("All requests that come meanwhile wait for one load, and later ones are not held.", async () => {
  const scene = new Scene();
  const both = [scene.begin(), scene.begin()];
  for (const [n, request] of both.entries()) tell(request, String(n), true);
  await scene.load();
  expect(scene.heard).toEqual(["begun", "0.", "begun", "1."]);
  expect(scene.loads).toBe(1);
  expect(tell(scene.begin(), "2", true)).toBe(true);
  expect(scene.heard.slice(4)).toEqual(["begun", "2."]);
});
