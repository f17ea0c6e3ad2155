/** The codings of messages, by name; zstd is there since Node 22.15. */
const CODINGS: readonly string[] = [
  "gzip",
  "deflate",
  "br",
  ...(process.versions["zstd"] === undefined ? [] : ["zstd"]),
];

/** The name of a coding that messages are to be sent in, as it was given. Throws a TypeError where there is none of that name. */
export function checkedCoding(name: string | undefined): string | undefined {
  if (name === undefined || CODINGS.includes(name)) return name;
  throw new TypeError(`There is no compression ${JSON.stringify(name)} here: choose of ${CODINGS.join(", ")}.`);
}
