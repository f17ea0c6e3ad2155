import { place, sources } from "./source.js";
import type { Source } from "./source.js";

const EXPORT =
  /^export\s+(?:default\s+)?(?:declare\s+|abstract\s+|async\s+)*(?:function\b\s*\*?|class|const|let|interface|type(?!\s*[{*])|enum)\s*(?<name>[\w$]+)/gm;
/** A doc comment that ends right above: at most line comments (a lint exception, say) stand between. */
const RIGHT_ABOVE = /\*\/[ \t]*\n(?:[ \t]*\/\/[^\n]*\n)*$/;
/** At least two words from a capital, a digit or a quoted name to a full stop. */
const SENTENCE = /(?:^|\s)[`"'(]?[A-Z0-9`].*?\s\S.*?[.!?:](?=["')`]*(?:\s|$))/s;

/** Every export in src without a doc comment of at least one full sentence right above it, as sentences. */
export function docs(root: string): readonly string[] {
  return sources(root, "src").flatMap((source) => {
    const seen = new Set<string>(); // overloads are documented once
    return [...source.code.matchAll(EXPORT)].flatMap((found) => {
      const name = found.groups?.name ?? "";
      if (seen.has(name)) return [];
      seen.add(name);
      const said = `${place(source, found.index)} exports ${name}`;
      const comment = commentAbove(source, found.index);
      if (comment === undefined) return [`No doc comment: ${said}. Say right above it, in /** … */, what it is.`];
      return SENTENCE.test(comment) ? [] : [`No full sentence: ${said}. Begin its doc comment with one.`];
    });
  });
}

function commentAbove(source: Source, index: number): string | undefined {
  const before = source.text.slice(0, index);
  const end = RIGHT_ABOVE.exec(before)?.index;
  if (end === undefined) return undefined;
  const start = before.lastIndexOf("/*", end - 1);
  if (!before.startsWith("/**", start)) return undefined;
  return before
    .slice(start + 3, end)
    .replace(/^[ \t]*\*[ \t]?/gm, "")
    .split(/^\s*@/m, 1)[0]
    ?.trim();
}
