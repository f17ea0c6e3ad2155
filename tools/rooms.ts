import { dirname, normalize } from "node:path/posix";
import { imports } from "./imports.js";
import { place, sources } from "./source.js";
import type { Import } from "./imports.js";
import type { Source } from "./source.js";

/** The rooms that make up the library; `(root)` are the files directly in src, which put the others together. */
const LIBRARY: readonly string[] = [
  "(root)",
  "contract",
  "bytes",
  "observe",
  "call",
  "codecs",
  "services",
  "wires",
  "transports",
  "link",
  "models",
  "web",
  "node:",
];

/**
 * The law: room → what it may import besides itself. An entry is a room, a file, or `node:`; `(types)` after it
 * allows only `import type`. A room that is not here may not exist.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  bytes: [],
  observe: [],
  call: ["contract", "observe"],
  codecs: ["contract", "bytes", "call (types)"],
  services: ["contract", "codecs", "call"],
  wires: ["call", "bytes"],
  transports: ["bytes", "node:", "wires/wire.ts (types)", "wires/http.ts (types)"],
  link: ["wires/wire.ts", "wires/http.ts (types)", "wires/detect.ts", "transports", "call (types)"],
  models: ["call", "link", "node:"],
  // What runs in pages: of link only what needs nothing of node.
  web: [
    "call",
    "bytes",
    "wires/wire.ts (types)",
    "wires/http.ts (types)",
    "link/waiting-call.ts",
    "link/lease.ts",
    "link/backoff.ts",
    "link/status-of.ts",
  ],
  cli: LIBRARY,
  "(root)": LIBRARY,
};

/** Each runtime dependency belongs to one room, so that a user of one entry pays for nothing else. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ["cli"],
  saxes: ["wires/xmlrpc"],
  ws: ["transports"],
  "@bufbuild/protobuf": ["codecs", "contract", "services"],
};

/** Rooms without input, output or time, and what gives away that one of them has some. */
const SANS_IO: readonly string[] = ["wires", "codecs"];
const IO =
  /(?<![.\w$])(?:async(?=\s*[\w(*<$])|await\b|setTimeout\b|setInterval\b|setImmediate\b|queueMicrotask\b|new\s+Date\b|Date\s*[.(]|performance\s*\.|process\s*[.[?]|Promise\b|Buffer\b)/g;

/** Every breach of the law of rooms in src, as sentences. */
export function rooms(root: string): readonly string[] {
  return sources(root, "src").flatMap((source) => {
    const room = roomOf(source.path.slice("src/".length));
    if (ROOMS[room] === undefined)
      return [`Room ${room} is not in the table: ${source.path} lives there. Add it to ROOMS in tools/rooms.ts.`];
    return [...imports(source).flatMap((found) => breach(source, found)), ...io(source, room)];
  });
}

function breach(source: Source, found: Import): readonly string[] {
  const from = source.path.slice("src/".length);
  const room = roomOf(from);
  const said = `${place(source, found.index)} says import "${found.from}"`;
  if (!found.from.startsWith(".")) return outside(from, found) ? [] : [`${forbidden(room, found.from)}: ${said}.`];
  const target = normalize(`${dirname(from)}/${found.from}`).replace(/\.js$/, ".ts");
  if (target.startsWith(".."))
    return [`Room ${room} may not leave src: ${said}. Pass what it needs in as an argument.`];
  const [wire, other] = [wireOf(from), wireOf(target)];
  if (roomOf(from) === "wires" && other !== undefined && wire !== other)
    return [`Wires may not know each other: ${said}. Move what both need down into bytes or call.`];
  if (roomOf(target) === room || reaches(room, target)) return [];
  if (!reaches(room, target, " (types)"))
    return [`${forbidden(room, roomOf(target))}: ${said}. Turn the import around, or hand it in from a root file.`];
  return found.typeOnly ? [] : [`Room ${room} may take only types from ${target}: ${said}. Write "import type".`];
}

function outside(from: string, found: Import): boolean {
  if (found.from.startsWith("node:")) return ROOMS[roomOf(from)]?.includes("node:") ?? false;
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(found.from)?.[0] ?? found.from;
  return Object.hasOwn(PACKAGES, name) && (PACKAGES[name] ?? []).some((owner) => from.startsWith(`${owner}/`));
}

function reaches(room: string, target: string, suffix = ""): boolean {
  return [roomOf(target), target].some((entry) => ROOMS[room]?.includes(entry + suffix));
}

function forbidden(room: string, target: string): string {
  const may = (ROOMS[room] ?? []).join(", ") || "nothing";
  return `Room ${room} may not import ${target} (it may import ${may})`;
}

function io(source: Source, room: string): readonly string[] {
  if (!SANS_IO.includes(room)) return [];
  return [...source.code.matchAll(IO)].map(
    (found) =>
      `Room ${room} is sans-I/O: ${place(source, found.index)} says "${found[0].trim()}". Take time as an argument and leave waiting to call and link.`,
  );
}

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "(root)";
}

/** The folder of a wire; files directly in wires/ belong to all of them. */
function wireOf(path: string): string | undefined {
  return /^wires\/([^/]+)\//.exec(path)?.[1];
}
