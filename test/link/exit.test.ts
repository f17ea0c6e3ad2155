import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { served } from "../frame/served.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a program that calls, and returns what it printed; it has to end by itself. */
async function run(program: string): Promise<{ output: string; code: unknown }> {
  const source = `import { connect, withOptions } from "./src/client.ts";\nimport { serve } from "./src/server.ts";\n${program}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", source], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [unknown];
  return { output, code };
}

test("A program whose calls have been answered ends though it never closes its client", async () => {
  const { address, server } = await served();
  const { output, code } = await run(`
    const tools = connect("tools", ${JSON.stringify(address.replace("tcp:", "frame:"))});
    console.log(await tools.ping("x"), await tools.add(1, 2));
    const stream = connect({ name: "x.y.Streams", methods: { forever: { shape: "serverStream" } } }, ${JSON.stringify(address.replace("tcp:", "frame:"))});
    for await (const n of stream.forever()) if (n === 3) break;
  `);
  expect({ output, code }).toEqual({ output: "x 3\n", code: 0 });
  expect(server.counters.connections).toBe(2);
});

test("A program does not end while a call is open", async () => {
  const { address, bench } = await served();
  const running = run(`
    const tools = connect("tools", ${JSON.stringify(address.replace("tcp:", "frame:"))});
    tools.wait("a").then(console.log);
  `);
  await bench.arrived("a");
  await bench.open("a", "answered");
  expect(await running).toEqual({ output: "answered\n", code: 0 });
});

test("A program ends when the calls that waited for a server have given up", async () => {
  const before = performance.now();
  const { output, code } = await run(`
    const tools = withOptions(connect("tools", "frame+unix:///no/such/socket"), { waitForReady: true, timeoutMs: 50 });
    await tools.ping("x").catch((error) => console.log(error.code));
  `);
  expect({ output, code }).toEqual({ output: "deadline_exceeded\n", code: 0 });
  // The next attempt would have been due after 0.8 s at the earliest; starting a program takes less than that here.
  expect(performance.now() - before).toBeLessThan(15_000);
});

test("A program ends though its idle connection is watched over by pings, and not while a call waits for one to be answered", async () => {
  const { address, server } = await served();
  const { output, code } = await run(`
    // A minute of silence between two ticks.
    const now = Date.now;
    let slept = 0;
    Date.now = () => now() + slept;
    const introspection = connect("callwire.Introspection", ${JSON.stringify(address.replace("tcp:", "grpc:"))}, { pingIdleConnection: true });
    await introspection.services();
    slept = 60_000;
    await new Promise((resolve) => setTimeout(resolve, 600));
    console.log((await introspection.services()).length > 0);
  `);
  expect({ output, code }).toEqual({ output: "true\n", code: 0 });
  expect(server.counters.connections).toBe(1);
});

test("A program whose server was stopped ends", async () => {
  const { output, code } = await run(`
    const server = await serve([], { listen: ["tcp://127.0.0.1:0"] });
    const introspection = connect("callwire.Introspection", server.addresses[0].replace("tcp:", "frame:"));
    console.log((await introspection.services()).length);
    await server.stop({ graceMs: 100 });
  `);
  expect({ output, code }).toEqual({ output: "1\n", code: 0 });
});
