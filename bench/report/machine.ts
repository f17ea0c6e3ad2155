import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type as system } from "node:os";
import { join } from "node:path";
import { canPin } from "../child.js";
import type { Machine } from "./measured.js";

const bench = join(import.meta.dirname, "..");
const PEERS = [
  "@grpc/grpc-js",
  "nice-grpc",
  "@connectrpc/connect",
  "@connectrpc/connect-node",
  "@bufbuild/protobuf",
  "jayson",
  "xmlrpc",
];
/** What tells the version of what npm does not bring. */
const PROGRAMS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "gRPC C++": ["pkg-config", "--modversion", "grpc++"],
  Python: ["python3", "--version"],
  h2load: ["h2load", "--version"],
};

/** The machine that this runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `${system()} ${release()}`,
    pinned: canPin(),
  };
}

/** The versions of callwire and its peers, of those that are installed. */
export function versions(): Readonly<Record<string, string>> {
  const packages = [
    ["callwire", join(bench, "../package.json")] as const,
    ...PEERS.map((name) => [name, join(bench, "peers/node_modules", name, "package.json")] as const),
  ].filter(([, path]) => existsSync(path));
  const found = packages.map(([name, path]): [string, string] => {
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string }; // every package has one
    return [name, version];
  });
  const told = Object.entries(PROGRAMS).flatMap(([name, [command, ...args]]): [string, string][] => {
    const done = spawnSync(command, args, { encoding: "utf8" });
    const version = /\d+(?:\.\d+)+/u.exec(done.stdout ?? "")?.[0];
    return version === undefined ? [] : [[name, version]];
  });
  return Object.fromEntries([...found, ...told]);
}
