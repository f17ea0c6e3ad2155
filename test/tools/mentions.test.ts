import { expect, test } from "vitest";
import { mentions } from "../../tools/mentions.js";
import { fixture } from "./fixture.js";

test("The check for foreign places accepts text that names none, and passes over what is not ours.", () => {
  const root = fixture({
    "README.md": "It works; a farm and a network/path are fine.\n",
    "node_modules/a/a.js": ["", "work", "x"].join("/"),
    "dist/a.js": ["", "farm", "x"].join("/"),
  });
  expect(mentions(root)).toEqual([]);
});

test.each([
  ["", "work", "main"].join("/"),
  ["", "farm", "x"].join("/"),
  ["..", "shared"].join("/"),
  ["farm", "studio"].join("-"),
  ["farm", "bench"].join("-"),
])("The mention %s is caught, with its place.", (needle) => {
  const root = fixture({ "docs/a.md": `A line.\nSee ${needle} for more.\n` });
  expect(mentions(root)).toEqual([expect.stringContaining("docs/a.md:2")]);
});
