import type { Competitor, Entry } from "./entry.js";

/** The entry without the competitors that cannot run here; `say` is told of each what to install. */
export function prepared(entry: Entry, say: (line: string) => void): Entry {
  const told = new Set<string>();
  const can = (competitor: Competitor): boolean => {
    const { client } = competitor;
    const lacks = (typeof client === "string" ? undefined : client.missing()) ?? competitor.prepare?.();
    if (lacks === undefined) return true;
    const line = `${entry.name}: ${competitor.name} is left out. ${lacks}`;
    if (!told.has(line)) say(line);
    told.add(line);
    return false;
  };
  const comparisons = entry.comparisons
    .map((comparison) => ({ ...comparison, competitors: comparison.competitors.filter(can) }))
    .filter(({ competitors }) => competitors.length > 0);
  return { ...entry, comparisons };
}
