import { describe, expect, test } from "vitest";
import { functions } from "../contract/functions.js";
import type { Implementation } from "../contract/implement.js";
import { introspection } from "./introspection.js";
import type { Interceptor } from "./handler.js";
import { makeRoutes, type Routes } from "./routes.js";
import type { Codec } from "./codec.js";

const codec: Codec = {
  name: "value",
  bind: () => ({ readInput: (x) => x, writeInput: (x) => x, readOutput: (x) => x, writeOutput: (x) => x }),
};

function routesOf(...services: readonly Implementation[]): Routes {
  return makeRoutes(services, { codecs: [codec] });
}

function pathOf(routes: Routes, name: string): string {
  const found = routes.find(name);
  return "code" in found ? `${found.code}: ${found.message}` : found.info.path;
}

const one = functions("a.One", { hello: () => 1, only: () => 2 });
const two = functions("b.Two", { hello: () => 3 });

describe("Routes", () => {
  test("find a method by slash, by dot, with a leading slash, and bare where only one service has it", () => {
    const routes = routesOf(one, two);
    for (const name of ["a.One/hello", "a.One.hello", "/a.One/hello"]) expect(pathOf(routes, name)).toBe("a.One/hello");
    expect(pathOf(routes, "only")).toBe("a.One/only");
    expect(pathOf(routes, "b.Two.hello")).toBe("b.Two/hello");
  });

  test("refuse a bare name that several services have, and list the full ones", () => {
    expect(pathOf(routesOf(one, two), "hello")).toBe(
      'invalid_argument: Several services have a method "hello": call one of a.One.hello, b.Two.hello.',
    );
  });

  test.each([
    "missing",
    "",
    "/",
    "a.One",
    "a.One/",
    "One.hello",
    "a.One/hello/",
    "constructor",
    "__proto__",
    "a.One.toString",
  ])("know no method %j", (name) => {
    expect(pathOf(routesOf(one), name)).toMatch(/^unimplemented: Unknown method "/u);
  });

  test("find what is built in by its full name only", () => {
    const own = functions("mine", { services: () => "mine" });
    const routes = routesOf(own, introspection([own]));
    expect(pathOf(routes, "services")).toBe("mine/services");
    expect(pathOf(routes, "callwire.Introspection/services")).toBe("callwire.Introspection/services");
    expect(pathOf(routesOf(introspection([])), "services")).toMatch(/^unimplemented/u);
  });

  test("refuse two services of one name", () => {
    expect(() => routesOf(one, functions("a.One", { other: () => 1 }))).toThrow("Two services are named a.One");
  });

  test("fold interceptors around every method, the first outermost, once", () => {
    const order: string[] = [];
    let folded = 0;
    const noting =
      (name: string): Interceptor =>
      (next) => {
        folded += 1;
        return (call) => {
          order.push(name);
          return next(call);
        };
      };
    const routes = makeRoutes([one], { codecs: [codec], interceptors: [noting("outer"), noting("inner")] });
    const found = routes.find("only");
    if ("code" in found) throw new Error(found.message);
    // A plain function needs no more of a call than its input.
    const call = { input: [] } as never;
    expect([found.handler(call), found.handler(call)]).toEqual([2, 2]);
    expect(order).toEqual(["outer", "inner", "outer", "inner"]);
    expect(folded).toBe(4);
  });
});
