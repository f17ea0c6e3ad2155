import type { Entry } from "./header-table.js";

/** So many fields are shared, of so many characters at the most. */
const MOST = 1024;
const LONGEST = 128;
/** Fields that say who somebody is are nobody else's to keep. */
const OWN: ReadonlySet<string> = new Set(["authorization", "cookie", "set-cookie", "proxy-authorization"]);

let shared: Map<string, Entry> = new Map();

/** The field of a name and a value: the same object for all connections, as most of them send the same few fields, and each keeps them in its table. */
export function sharedEntry(name: string, value: string): Entry {
  if (name.length + value.length > LONGEST || OWN.has(name)) return { name, value };
  // Peers may send any characters in either.
  const key = `${name.length} ${name}${value}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  // Peers may send what they like: those that send ever new fields make others forget, and no more.
  if (shared.size >= MOST) shared = new Map();
  const entry = { name, value };
  shared.set(key, entry);
  return entry;
}
