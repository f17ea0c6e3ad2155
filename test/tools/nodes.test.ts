import { expect, test } from "vitest";
import { nodeVersions } from "../../tools/nodes/node-version.js";
import { Program, wrongWith } from "../../tools/nodes/program.js";

const HERE = { cwd: process.cwd(), env: process.env };

test("A version is known by the path of its program, and comes first where programs are looked for.", async () => {
  const [version, ...others] = nodeVersions([process.execPath]);
  expect(others).toEqual([]);
  expect(version).toMatchObject({ path: process.execPath, version: process.versions.node });
  const { stdout } = await new Program(["node", "-p", "process.execPath"], { ...HERE, env: version?.env ?? {} }).ended;
  expect(stdout.trim()).toBe(process.execPath);
});

test("A version that is not there is said, and what to do.", () => {
  expect(() => nodeVersions(["99"])).toThrow(
    /There is no .*node-99.*npm ci --ignore-scripts --prefix tools\/nodes.*\./u,
  );
  expect(() => nodeVersions(["/nowhere/node"])).toThrow("There is no /nowhere/node.");
});

test.each([
  ["console.log('yes')", undefined],
  ["console.log('no')", /^It ended with 0, where yes was to come:\nno$/u],
  ["console.log('yes'); process.emitWarning('An old way.', 'DeprecationWarning')", /DeprecationWarning: An old way\./u],
  ["console.log('yes'); process.exit(3)", /^It ended with 3, /u],
  ["process.kill(process.pid, 'SIGKILL')", /^It ended with SIGKILL, /u],
])("A program that is %s has this wrong with it: %s.", async (script, wrong) => {
  const { ended } = new Program([process.execPath, "-e", script], HERE);
  const said = wrongWith(await ended, "It", "yes");
  if (wrong === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(wrong);
});

test("A program that cannot be started ends too.", async () => {
  const program = new Program(["/nowhere/node"], HERE);
  expect(await program.firstLine()).toBe("");
  expect((await program.ended).stderr).toContain("ENOENT");
});
