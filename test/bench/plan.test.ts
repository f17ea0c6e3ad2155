import { expect, test } from "vitest";
import { readOptions } from "../../bench/options.js";
import { planned } from "../../bench/plan.js";
import type { Part } from "../../bench/parts/part.js";

/** What the command line would measure with this node, and what is said of what is left out. */
function plan(...args: readonly string[]): { parts: readonly Part[]; said: readonly string[] } {
  const said: string[] = [];
  const parts = planned(readOptions(["--node", process.execPath, ...args]), {
    built: "",
    say: (line) => said.push(line),
  });
  return { parts, said };
}

const minutes = (parts: readonly Part[]): number => parts.reduce((sum, { seconds }) => sum + seconds, 0) / 60;

test("The whole comparison takes less than an hour, has every group once, and every part has a name of its own.", () => {
  const { parts, said } = plan();
  expect(said).toEqual([]);
  expect(minutes(parts)).toBeLessThan(55);
  expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
  const groups = "grpc grpc-streams latency idle connect jsonrpc xmlrpc frame baidu startup size models";
  expect([...new Set(parts.map(({ group }) => group.name))].join(" ")).toBe(groups);
  expect(parts.every(({ rehearsal }) => !rehearsal)).toBe(true);
});

test("Another version of Node has one load each of gRPC, Connect and frames.", () => {
  const { parts } = plan("--node", process.execPath);
  const further = parts.slice(plan().parts.length);
  expect([...new Set(further.map(({ group }) => group.name))]).toEqual(["grpc", "connect", "frame"]);
  expect(further.every(({ charted }) => charted?.length === 1)).toBe(true);
});

test("A quick run takes less than three minutes, says what it leaves out, and is a rehearsal.", () => {
  const { parts, said } = plan("--quick");
  expect(said.join("")).toContain("leaves out latency, size,");
  expect(minutes(parts)).toBeLessThan(3);
  expect(parts.every(({ rehearsal }) => rehearsal)).toBe(true);
});

test("The command beside a table measures just that.", () => {
  for (const { command, id } of plan().parts) {
    const [, ...words] = /^npm run bench -- (\S+)(?: (--only) (?:"([^"]+)"|(\S+)))?$/u.exec(command) ?? [];
    const chosen = plan(...words.filter((word) => word !== undefined));
    expect(chosen.parts.map((part) => part.id)).toEqual([id]);
  }
});

test("An unknown entry, and a competitor who is nowhere, are refused.", () => {
  expect(() => plan("grcp")).toThrow('There is no entry "grcp"; there is grpc, ');
  for (const entry of ["idle", "latency", "startup", "size", "models", "grpc"])
    expect(() => plan(entry, "--only", "nobody")).toThrow(`leaves nothing of ${entry}`);
});
