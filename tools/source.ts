import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A TypeScript file as the checks see it. The three texts are equally long: an index in one is an index in all. */
export interface Source {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  /** The file as it is written. */
  readonly text: string;
  /** The file with comments, and what stands inside strings and patterns, blanked. */
  readonly code: string;
  /** The file with everything but its comments blanked. */
  readonly notes: string;
}

/** Every TypeScript file under a folder of the root, tests and generated code (`gen/`) left out, in order of path. A missing folder holds none. */
export function sources(root: string, folder: string): readonly Source[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\.(test|bench|d)\.tsx?$|\/gen\//.test(path))
    .toSorted()
    .map((path) => parse(path, readFileSync(join(root, path), "utf8")));
}

/** The place of an index as `path:line`, as messages quote it. */
export function place(source: Source, index: number): string {
  return `${source.path}:${source.text.slice(0, index).split("\n").length}`;
}

/** One token. A pattern is only one where a value may begin, which the token before it tells. */
const TOKEN =
  /(?<note>\/\/[^\n]*|\/\*[^]*?\*\/)|(?<quoted>"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*')|(?<pattern>\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*)|[\w$]+|\s+|[^]/y;
/** The text of a template up to its end or to its next value. */
const TEMPLATE = /(?:\\[^]|\$(?!\{)|[^`\\$])*(?:\$\{|`)?/y;
const VALUE_BEGINS = /^$|[([{=,;:?!&|+\-*%<>~^]$|^(?:return|typeof|case|in|of|yield|await|void|delete|throw)$/;

function parse(path: string, text: string): Source {
  const code: string[] = [];
  const notes: string[] = [];
  const braces: number[] = []; // open braces in the value of each template we are inside
  let last = ""; // the last token that is neither space nor comment
  for (let at = 0; at < text.length; at += code.at(-1)?.length ?? 1) {
    const { token, kind } = next({ text, at, last, inValue: braces.at(-1) === 0 });
    code.push(kind === "note" ? blank(token) : kind === "quoted" ? hollow(token) : token);
    notes.push(kind === "note" ? token : blank(token));
    if (kind === "note" || token.trim() === "") continue;
    const open = braces.length - 1;
    if (token === "{" && open >= 0) braces[open] = (braces[open] ?? 0) + 1;
    else if (token.startsWith("}") && open >= 0) {
      if (kind === "quoted") braces.pop();
      else braces[open] = (braces[open] ?? 0) - 1;
    }
    if (kind === "quoted" && token.endsWith("${") && !/^["']/.test(token)) braces.push(0);
    last = /^[\w$]+$/.test(token) ? token : token.slice(-1);
  }
  return { path, text, code: code.join(""), notes: notes.join("") };
}

interface Cursor {
  readonly text: string;
  readonly at: number;
  readonly last: string;
  /** True where a closing brace leads back into a template. */
  readonly inValue: boolean;
}

function next(cursor: Cursor): { token: string; kind: "note" | "quoted" | "code" } {
  const found = matchAt(TOKEN, cursor.text, cursor.at);
  const first = found[0].slice(0, 1);
  if (first === "`" || (first === "}" && cursor.inValue))
    return { token: first + matchAt(TEMPLATE, cursor.text, cursor.at + 1)[0], kind: "quoted" };
  if (found.groups?.note !== undefined) return { token: found[0], kind: "note" };
  if (found.groups?.quoted !== undefined) return { token: found[0], kind: "quoted" };
  if (found.groups?.pattern === undefined) return { token: found[0], kind: "code" };
  return VALUE_BEGINS.test(cursor.last) ? { token: found[0], kind: "quoted" } : { token: first, kind: "code" };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) throw new Error(`No token at ${at}; ${String(pattern)} should match anything.`);
  return found;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** Keeps what opens and closes a string, so that it still reads as one value. */
function hollow(text: string): string {
  return text.length < 2 ? text : text.slice(0, 1) + blank(text.slice(1, -1)) + text.slice(-1);
}
