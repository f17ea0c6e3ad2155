import { functions, implement, type ServingStatus } from "callwire";
import { connect, RpcError } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "../../src/services/gen/grpc/health/v1/health_pb.js";
import { serveBuilt } from "../models/served.js";
import { healthAt, served, watching } from "./served.js";

const ECHO = "echo.v1.EchoService";

describe("grpc.health.v1.Health", () => {
  test("says that the server and each of its services serve, and knows no others.", async () => {
    const { url } = await served({}, [echoService, functions("math", { add: (a: number, b: number) => a + b })]);
    const health = healthAt(url);
    for (const service of ["", ECHO, "math"]) expect((await health.check({ service })).status).toBe(Status.SERVING);
    await expect(health.check({ service: "nosuch" })).rejects.toMatchObject({ code: "not_found" });
    const { statuses } = await health.list({});
    expect(Object.keys(statuses).toSorted()).toEqual(["", ECHO, "math"]);
    expect(statuses[ECHO]?.status).toBe(Status.SERVING);
  });

  test("says what the server's owner has set, for that name alone.", async () => {
    const { server, url } = await served();
    const health = healthAt(url);
    server.health.set(ECHO, "NOT_SERVING");
    server.health.set("cache", "UNKNOWN");
    expect((await health.check({ service: ECHO })).status).toBe(Status.NOT_SERVING);
    expect((await health.check({ service: "cache" })).status).toBe(Status.UNKNOWN);
    expect((await health.check({ service: "" })).status).toBe(Status.SERVING);
  });

  test("tells watchers each change once, and of a service that is not known when it is.", async () => {
    const { server, url } = await served();
    const health = healthAt(url);
    const [whole, echo, later] = ["", ECHO, "later"].map((service) => watching(health, service));
    expect([await whole?.(), await echo?.(), await later?.()]).toEqual([
      Status.SERVING,
      Status.SERVING,
      Status.SERVICE_UNKNOWN,
    ]);
    server.health.set(ECHO, "SERVING");
    server.health.set(ECHO, "NOT_SERVING");
    server.health.set("later", "SERVING");
    expect([await echo?.(), await later?.()]).toEqual([Status.NOT_SERVING, Status.SERVING]);
    server.health.set(ECHO, "SERVING");
    expect(await echo?.()).toBe(Status.SERVING);
  });

  test("forgets a watcher whose caller has gone.", async () => {
    const { server, url } = await served();
    const health = healthAt(url);
    const giving = new AbortController();
    const answers = health.watch({ service: ECHO }, { signal: giving.signal });
    await answers.next();
    giving.abort();
    await expect(answers.next()).rejects.toMatchObject({ code: "canceled" });
    server.health.set(ECHO, "NOT_SERVING");
    expect((await health.check({ service: ECHO })).status).toBe(Status.NOT_SERVING);
  });

  test("says NOT_SERVING when the server drains, and holds it up no longer.", async () => {
    const { server, url } = await served();
    const next = watching(healthAt(url), ECHO);
    expect(await next()).toBe(Status.SERVING);
    const started = performance.now();
    const stopped = server.stop({ graceMs: 10_000 });
    expect(await next()).toBe(Status.NOT_SERVING);
    await expect(next()).rejects.toMatchObject({ code: "unavailable", message: "The server is shutting down." });
    await stopped;
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("is there for servers with a protobuf service that do not turn it off, and nowhere else.", async () => {
    const off = await served({ health: false });
    await expect(healthAt(off.url).check({})).rejects.toMatchObject({ code: "unimplemented" });
    const plain = await served({}, [functions("math", { add: (a: number, b: number) => a + b })]);
    expect(plain.server.services.map(({ name }) => name)).toEqual(["math", "callwire.Introspection"]);
    for (const { server } of [off, plain])
      expect(() => server.health.set("", "NOT_SERVING")).toThrow(/^This server has no health service: /u);
  });

  test("is left to a user who serves one.", async () => {
    const own = implement(Health, {
      check: () => ({ status: Status.UNKNOWN }),
      list: () => ({}),
      *watch() {},
    });
    const { server, url } = await served({}, [own]);
    expect((await healthAt(url).check({})).status).toBe(Status.UNKNOWN);
    expect(() => server.health.set("", "SERVING")).toThrow("no health service");
  });

  test("refuses a status that there is not.", async () => {
    const { server } = await served();
    // What a program without types might say.
    expect(() => server.health.set("", "FINE" as ServingStatus)).toThrow(
      'There is no status "FINE": choose of SERVING, NOT_SERVING, UNKNOWN.',
    );
  });

  test("is called by its full names alone, on other wires too, and stays out of their lists.", async () => {
    const { url } = await served();
    const client = connect("", url.replace("grpc:", "jsonrpc:"));
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await client["grpc.health.v1.Health.Check"]?.({ service: ECHO })).toEqual({ status: "SERVING" });
    const error: unknown = await client["Check"]?.({}).catch((reason: unknown) => reason);
    expect(error instanceof RpcError && error.code).toBe("unimplemented");
    expect(JSON.stringify(await client["rpc.discover"]?.())).not.toContain("Health");
  });
});

describe.each(["prefork-async", "pool"] as const)("Under the model %s", (model) => {
  test("every worker tells what was set, those that come later too, and draining ends watches.", async () => {
    const server = await serveBuilt(new URL("fixtures/notes.mjs", import.meta.url), {
      listen: ["tcp://127.0.0.1:0"],
      model,
      workers: 2,
      log: () => {},
    });
    onTestFinished(() => server.stop({ graceMs: 0 }));
    const url = (server.addresses[0] ?? "").replace("tcp:", "grpc:");
    server.health.set("set.by.parent", "NOT_SERVING");
    const clients = [healthAt(url), healthAt(url)];
    for (const health of clients) {
      expect((await health.check({ service: "set.by.parent" })).status).toBe(Status.NOT_SERVING);
      expect((await health.check({ service: "set.by.setup" })).status).toBe(Status.UNKNOWN);
      await health[Symbol.asyncDispose]();
    }
    await server.reload();
    const health = healthAt(url);
    expect((await health.check({ service: "set.by.parent" })).status).toBe(Status.NOT_SERVING);
    const next = watching(health, "");
    expect(await next()).toBe(Status.SERVING);
    const stopped = server.stop({ graceMs: 10_000 });
    expect(await next()).toBe(Status.NOT_SERVING);
    await expect(next()).rejects.toMatchObject({ code: "unavailable" });
    await stopped;
  });
});
