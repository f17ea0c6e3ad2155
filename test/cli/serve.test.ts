import { exec, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { connect, type FunctionsClient } from "callwire/client";
import { cleaningUp, later } from "./later.js";
import { Program, REPOSITORY, run, userProject } from "./program.js";

cleaningUp();

const ANY = ["--listen", "tcp://127.0.0.1:0"];
const ADDRESS = /^callwire listening on tcp:\/\/(127\.0\.0\.1:\d+)\n/u;
const SLEEPER = `
import { functions } from "callwire";
export const svc = functions("svc", {
  ping: (text) => text,
  async nap(ms) { console.error("asleep"); await new Promise((resolve) => setTimeout(resolve, ms)); return ms; },
  never: () => (console.error("asleep"), new Promise(() => {})),
});
`;

interface Sleeper {
  ping(text: string): string;
  nap(ms: number): number;
  never(): unknown;
}

async function sleeper(): Promise<{ program: Program; client: FunctionsClient<Sleeper> }> {
  const root = userProject({ "service.js": SLEEPER });
  const program = new Program(["serve", "service.js", ...ANY], root);
  const [, place] = await program.says(ADDRESS);
  const client = connect<Sleeper>("svc", `frame://${place}`);
  later(() => client[Symbol.asyncDispose]());
  return { program, client };
}

describe.concurrent("callwire serve", () => {
  test("says the address first, then each service with its wires, and answers", async () => {
    const { program, client } = await sleeper();
    await program.says(/\nsvc {2}baidu connect frame grpc grpcweb jsonrpc xmlrpc\n$/u);
    expect(await client.ping("hello")).toBe("hello");
    program.child.kill("SIGTERM");
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toHaveLength(3);
  });

  test("serves TypeScript through the project's tsx, and each export once, arrays too", async () => {
    const root = userProject(
      {
        "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
        "src/name.ts": "export const name: string = 'long.name.Service';",
        "src/service.ts": `
          import { functions, type FunctionService } from "callwire";
          import { name } from "@/name";
          enum Kind { A = "a" }
          const a: FunctionService = functions(Kind.A, { one: (n: number) => n });
          export const list: FunctionService[] = [a, functions(name, { two: () => 2 })];
          export const other = 3;
          export default a;
        `,
      },
      ["tsx"],
    );
    const program = new Program(["serve", "src/service.ts", ...ANY], root);
    await program.says(
      /\na {18}baidu connect frame grpc grpcweb jsonrpc xmlrpc\nlong\.name\.Service {2}baidu connect frame grpc grpcweb jsonrpc xmlrpc\n$/u,
    );
  });

  test("an error that a module throws with its own copy of callwire keeps its code", async () => {
    const root = userProject({
      "service.js": `
        import { functions, RpcError } from "callwire";
        export const svc = functions("svc", { gone: () => { throw new RpcError("not_found", "Gone."); } });
      `,
    });
    rmSync(join(root, "node_modules/callwire"));
    for (const part of ["package.json", "dist"]) {
      cpSync(join(REPOSITORY, part), join(root, "node_modules/callwire", part), { recursive: true });
    }
    // The package's own dependencies, by name.
    const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
      readonly dependencies: object;
    };
    for (const name of Object.keys(dependencies)) {
      const place = join(root, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(join(REPOSITORY, "node_modules", name), place);
    }
    const program = new Program(["serve", "service.js", ...ANY], root);
    const [, place] = await program.says(ADDRESS);
    expect((await run(["call", `frame://${place}`, "gone"])).stderr).toBe("not_found: Gone.\n");
  });

  test("serves the quickstart of this repository with hints that work as they stand", async () => {
    const program = new Program(["serve", "examples/quickstart/service.ts", ...ANY, "--hints"]);
    const [, place] = await program.says(ADDRESS);
    const [python] = await program.says(/^import socket, struct, json\n[^]*^s\.close\(\)\n/mu);
    expect(spawnSync("python3", ["-"], { input: python, encoding: "utf8" })).toMatchObject({
      stdout: "pong hello\n",
      stderr: "",
    });
    const calls = program.stdout.match(/^node .*$/gmu) ?? [];
    expect(calls).toContain(`node bin/callwire.js call frame://${place} ping '"hello"'`);
    expect(calls.length).toBeGreaterThan(3);
    // Rejects where one ends with another code than 0.
    const ended = await Promise.all(calls.map((line) => promisify(exec)(line)));
    for (const { stderr } of ended) expect(stderr).toBe("");
    // Ten programs, which start at the same time.
  }, 60_000);

  test("shows the Python client only where there is a ping", async () => {
    const root = userProject({
      "service.js":
        'import { functions } from "callwire"; export const svc = functions("svc", { now: () => 1, twice: (n) => 2 * n });',
    });
    const program = new Program(["serve", "service.js", ...ANY, "--hints"], root);
    await program.says(/in a browser\.\n$/u);
    expect(program.stdout).toMatch(/call frame:\S+ now\n/u);
    expect(program.stdout).not.toMatch(/import socket|twice/u);
  });

  test("listens at every address that it is given", async () => {
    const root = userProject({ "service.js": SLEEPER });
    const program = new Program(
      ["serve", "service.js", ...ANY, "--listen", `unix://${root}/s`, "--model", "single"],
      root,
    );
    await program.says(
      /^callwire listening on tcp:\S+\ncallwire listening on unix:\S+\/s\nsvc {2}baidu connect frame grpc grpcweb jsonrpc xmlrpc\n$/u,
    );
    expect((await run(["call", `frame+unix://${root}/s`, "ping", "1"])).stdout).toBe("1\n");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s lets a call in flight end, then exits with 0", async (signal) => {
    const { program, client } = await sleeper();
    const nap = client.nap(150);
    await program.says(/asleep/u, "stderr");
    program.child.kill(signal);
    expect(await nap).toBe(150);
    expect((await program.ended).code).toBe(0);
  });

  test("a second signal exits at once with 1", async () => {
    const { program, client } = await sleeper();
    const answer = client.never().catch((error: unknown) => String(error));
    await program.says(/asleep/u, "stderr");
    program.child.kill("SIGTERM");
    // It listens no more: the first signal has been heard.
    for (;;) {
      const refused = await connect<Sleeper>("svc", `frame://${ADDRESS.exec(program.stdout)?.[1]}`)
        .ping("")
        .catch(String);
      if (refused !== "") break;
    }
    program.child.kill("SIGINT");
    expect((await program.ended).code).toBe(1);
    expect(await answer).toMatch(/^unavailable/u);
  });

  test("lives on when nobody reads its output any more", async () => {
    const root = userProject({ "service.js": SLEEPER });
    const program = new Program(["serve", "service.js", "--listen", `unix://${root}/s`], root);
    program.child.stdout.destroy();
    program.child.stderr.destroy();
    const client = connect<Sleeper>("svc", `frame+unix://${root}/s`);
    later(() => client[Symbol.asyncDispose]());
    for (;;) {
      const answer = await client.ping("hello").catch(() => undefined);
      if (answer === "hello") break;
    }
    // What it says to stderr breaks that pipe too.
    expect(await client.nap(1)).toBe(1);
    expect(await client.ping("still")).toBe("still");
    program.child.kill("SIGTERM");
    expect((await program.ended).code).toBe(0);
  });
});

/** Whether node loads TypeScript without tsx. */
function loadsTypeScript(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

describe.concurrent("callwire serve, where it cannot", () => {
  test.each([
    ["nosuch.js", /^Cannot find module "nosuch\.js": there is no file \/.*nosuch\.js\.\n$/u],
    ["empty.js", /^Module "empty\.js" exports no service: export what implement\(\) or functions\(\) returns\.\n$/u],
    ["lacking.js", /^Cannot load module "lacking\.js": Cannot find package 'nosuch' imported from .*\.\n$/u],
    ["twins.js", /^Module "twins\.js" exports two services named "svc": rename one\.\n$/u],
    [
      "broken.js",
      /^Cannot load module "broken\.js": Unexpected token 'const'\. See where with: node ".*broken\.js"\n$/u,
    ],
    ["throwing.js", /^Cannot load module "throwing\.js": Error: as it is\n +at .*throwing\.js:1/u],
  ])("%s: says why and exits with 1", async (module, sentence) => {
    const root = userProject({
      "empty.js": "export const nothing = 1;",
      "lacking.js": 'import "nosuch";',
      "twins.js":
        'import { functions } from "callwire"; export const a = functions("svc", {}); export const b = functions("svc", {});',
      "broken.js": "const const = 1;",
      "throwing.js": 'throw new Error("as it is");',
    });
    const program = new Program(["serve", module, ...ANY], root);
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  test("TypeScript in a project without tsx says what to install, where node cannot load it itself", async () => {
    const root = userProject({
      "service.ts":
        'import { functions } from "callwire"; export const svc = functions("svc", { ping: (a: string) => a });',
    });
    const program = new Program(["serve", "service.ts", ...ANY], root);
    if (loadsTypeScript()) {
      await program.says(ADDRESS);
      return;
    }
    const { code, stderr } = await program.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Node .* cannot load "service\.ts" by itself: run "npm install --save-dev tsx" .*\.\n$/u);
  });

  test("TypeScript that names a file as tsx would have it says how node wants it, where node loads it by itself", async () => {
    const root = userProject({
      "service.ts": 'import { svc } from "./other.js"; export { svc };',
      "other.ts": 'import { functions } from "callwire"; export const svc = functions("svc", { ping: () => 1 });',
    });
    const { code, stderr } = await new Program(["serve", "service.ts", ...ANY], root).ended;
    expect(code).toBe(1);
    const sentence = loadsTypeScript()
      ? /^Cannot load module "service\.ts": .* only by its real name: import "other\.ts", or run "npm install --save-dev tsx" .*\.\n$/u
      : /by itself: run "npm install --save-dev tsx"/u;
    expect(stderr).toMatch(sentence);
  });

  test("a port in use is said in one sentence and exits with 1", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    later(() => void other.close());
    const bound = other.address();
    const url = `tcp://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`;
    const root = userProject({ "service.js": SLEEPER });
    const { code, stdout, stderr } = await new Program(["serve", "service.js", "--listen", url], root).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^Cannot listen on ${url}: it is in use\\. .*--listen.*\\.\\n$`, "u"));
  });

  test.each([
    [["--model", "fibers"], /"fibers".*single, threads/u],
    [["--listen", "http://127.0.0.1:0"], /"http:\/\/127\.0\.0\.1:0".*tcp:\/\/HOST:PORT/u],
    [["--listen", "tcp://127.0.0.1"], /"127\.0\.0\.1".*127\.0\.0\.1:8080/u],
    [["--workers", "none"], /"none".*whole number/u],
  ])("wrong usage %j exits with 2", async (args, sentence) => {
    const root = userProject({ "service.js": SLEEPER });
    const { code, stdout, stderr } = await new Program(["serve", "service.js", ...args], root).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("--workers for a model without workers is said, and changes nothing", async () => {
    const root = userProject({ "service.js": SLEEPER });
    const program = new Program(["serve", "service.js", ...ANY, "--workers", "4"], root);
    await program.says(ADDRESS);
    // It comes by another pipe.
    while (program.stderr === "") await new Promise(setImmediate);
    expect(program.stderr).toMatch(/^Model async has no workers/u);
  });
});
