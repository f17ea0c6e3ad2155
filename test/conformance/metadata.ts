import type { Header } from "./shapes.js";

/** Adds header fields as the suite writes them. */
export function addHeaders(to: Headers, headers: readonly Header[]): void {
  for (const { name, value } of headers) for (const each of value) to.append(name, each);
}

/** Header fields as the suite reads them; it takes values joined by commas for what they were. */
export function headersOf(headers: Headers | undefined): Header[] {
  return [...(headers ?? [])].map(([name, value]) => ({ name, value: [value] }));
}
