import type { Overview } from "./overview.js";

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem}" +
  "table{border-collapse:collapse}td{padding:.1rem 1.5rem .1rem 0;vertical-align:top}code,pre{font:14px/1.5 ui-monospace,monospace}" +
  "pre{overflow:auto;padding:.75rem;border:1px solid #8885;border-radius:6px}";

/** Writes an overview as an HTML page that loads nothing and runs nothing. */
export function htmlOf({ services, wires, lines }: Overview): string {
  const listed = services.map(
    ({ name, methods }) =>
      `<h2><code>${escaped(name)}</code></h2><table>${methods
        .map(
          (method) =>
            `<tr><td><code>${escaped(method.name)}</code></td><td>${escaped(method.shape)}</td><td>${escaped(method.doc)}</td></tr>`,
        )
        .join("")}</table>`,
  );
  const pasted = lines.map(({ what, line }) => `<p>${escaped(what)}</p><pre>${escaped(line)}</pre>`);
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>callwire</title><style>${STYLE}</style><h1>callwire</h1><p>One service, every wire: ${wires.map(escaped).join(", ")}.</p>` +
    `${listed.join("")}<h2>Try it</h2>${pasted.join("")}</html>\n`
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (char) => ENTITIES[char] ?? char);
}
