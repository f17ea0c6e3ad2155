import { place, sources } from "./source.js";
import type { Source } from "./source.js";

const WARN_LINES = 250;
const MAX_LINES = 400;
const MAX_EXPORTS = 3;

/** Files that may be longer than the limit: path → reason. */
const LONG: Readonly<Record<string, string>> = {};
/** Files that may export more than the limit: path → reason. */
const MANY: Readonly<Record<string, string>> = {
  "src/server.ts": "the public face, which re-exports what users import",
  "src/client.ts": "the public face, which re-exports what users import",
  "src/web.ts": "the public face, which re-exports what users import",
  "src/in-browsers.ts": "the public face, which re-exports what users import",
  "src/contract/method.ts": "the four builders are one idea, and differ in one word",
};

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.tsx?)?$/;
const VAGUE = /^(?:index|utils?|helpers?|types|common|misc|[\w-]+-manager)(?:\.tsx?)?$/;
const DECLARED =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(?:function\b\s*\*?|class|const|let|enum)\s*(?<name>[\w$]+)/gm;
const LISTED = /^export\s+(?:type\s+)?\{(?<names>[^}]*)\}(?<from>\s*from\b)?/gm;
const BARREL = /^export\s*(?:type\s+)?\*/gm;
const DEFAULT = /^export\s+default\b|^export\b[^;]*?\bas\s+default\b/gm;

/** Every file in src whose length, name or exports break the house style, as sentences. */
export function sizes(root: string): readonly string[] {
  return sources(root, "src").flatMap((source) => [...length(source), ...names(source), ...exported(source)]);
}

/** The files that come near the limit of length: worth a look, no failure. */
export function nearLimit(root: string): readonly string[] {
  return sources(root, "src")
    .filter((source) => lines(source) > WARN_LINES && lines(source) <= MAX_LINES)
    .map((source) => `Long file: ${source.path} has ${lines(source)} lines. Split it before it has ${MAX_LINES}.`);
}

function length(source: Source): readonly string[] {
  if (lines(source) <= MAX_LINES || source.path in LONG) return [];
  return [`Too long: ${source.path} has ${lines(source)} lines, over ${MAX_LINES}. Split it into one idea a file.`];
}

function names(source: Source): readonly string[] {
  return source.path.split("/").flatMap((name) => {
    if (VAGUE.test(name)) return [`Vague name "${name}": ${source.path}. Name the file after its main export.`];
    return KEBAB.test(name) ? [] : [`Name "${name}" is not in kebab-case: ${source.path}. Rename it.`];
  });
}

function exported(source: Source): readonly string[] {
  const isRoot = /^src\/[^/]+$/.test(source.path);
  const found: string[] = [];
  for (const match of source.code.matchAll(DEFAULT))
    found.push(`Default export at ${place(source, match.index)}. Export it by name.`);
  for (const match of source.code.matchAll(BARREL))
    found.push(`Barrel at ${place(source, match.index)}. Import each name from the file that makes it.`);
  for (const match of isRoot ? [] : source.code.matchAll(LISTED))
    found.push(
      `Export list at ${place(source, match.index)}. Put "export" at the declaration; only src/*.ts re-export.`,
    );
  const count = exportNames(source).size;
  if (count > MAX_EXPORTS && !(source.path in MANY))
    found.push(`Too many exports: ${source.path} has ${count}, over ${MAX_EXPORTS}. Split it into one idea a file.`);
  return found;
}

/** Overloads, and a type that shares its name with a value, count once. */
function exportNames(source: Source): ReadonlySet<string> {
  const declared = [...source.code.matchAll(DECLARED)].map((match) => match.groups?.name ?? "");
  const listed = [...source.code.matchAll(LISTED)].flatMap((match) => (match.groups?.names ?? "").split(","));
  return new Set([...declared, ...listed.map((name) => name.trim()).filter((name) => name !== "")]);
}

function lines(source: Source): number {
  return source.text.replace(/\n$/, "").split("\n").length;
}
