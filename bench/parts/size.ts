import { spawn } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sampled } from "../report/measured.js";
import { type Part, partId, type Settings } from "./part.js";
import { roundsInTurn } from "./rounds-in-turn.js";

const root = join(import.meta.dirname, "../..");
const PATIENCE_MS = 180_000;

/** What a user installs, by name: packages, in the versions of bench/peers. */
const INSTALLED: Readonly<Record<string, readonly string[]>> = {
  callwire: [],
  "grpc-js": ["@grpc/grpc-js"],
  "nice-grpc": ["nice-grpc"],
  "connect-node": ["@connectrpc/connect", "@connectrpc/connect-node", "@bufbuild/protobuf"],
  jayson: ["jayson"],
  "npm xmlrpc": ["xmlrpc"],
};

const group = {
  name: "size",
  title: "Size",
  about: "what lies in node_modules after an installation without development dependencies in an empty folder.",
};

/** How many bytes and packages an installation leaves. */
export function sizePart({ node, rehearsal, wanted }: Settings): Part {
  const names = Object.keys(INSTALLED).filter(wanted);
  const title = "installed";
  return {
    id: partId(group, title, node),
    group,
    title,
    about:
      "`npm install NAME --omit=dev --ignore-scripts`; callwire as npm packs it, with what it depends on; bytes as files have them.",
    command: "npm run bench -- size",
    how: "once",
    node,
    rehearsal,
    unit: "installation",
    judged: "bytes",
    base: "callwire",
    seconds: names.length * 5,
    measure: async (progress) => {
      const all = await roundsInTurn(names, {
        rounds: 1,
        measure: (name) => {
          progress(`installs ${name}`);
          return installed(INSTALLED[name] ?? []);
        },
      });
      const rows = all.map(({ of, figures, failed }): Sampled => {
        const samples = { packages: figures.map(({ packages }) => packages), bytes: figures.map(({ bytes }) => bytes) };
        return { competitor: of, load: "installed", samples, ...(failed !== undefined && { failed }) };
      });
      return { rows };
    },
  };
}

/** Installs packages where nothing is, and counts; callwire, where none is named. */
async function installed(packages: readonly string[]): Promise<{ packages: number; bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), "callwire-size-"));
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    const named = packages.length === 0 ? [await packed(folder)] : packages.map((name) => `${name}@${versionOf(name)}`);
    const quiet = ["--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    await npm(["install", ...quiet, ...named], folder);
    const modules = join(folder, "node_modules");
    const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as { packages: object }; // npm's own
    return { packages: Object.keys(lock.packages).length, bytes: bytesIn(modules) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs this package as it would be published; dist/ has been built. */
async function packed(folder: string): Promise<string> {
  const said = await npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  return join(folder, said.trim().split("\n").at(-1) ?? "");
}

function versionOf(name: string): string {
  const peers = JSON.parse(readFileSync(join(root, "bench/peers/package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  }; // of this repository
  return peers.dependencies[name] ?? "latest";
}

/** Bytes of all files in a folder, as du --apparent-size counts them, without the folders' own. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, found) => (found.isDirectory() ? sum : sum + found.size), 0);
}

/** What npm prints; fails with what it says. */
function npm(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", args, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE_MS });
    let out = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`npm ${args[0]} ended with ${code ?? signal}; it said: ${said.trim().slice(-300)}`));
    });
  });
}
