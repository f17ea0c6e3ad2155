import type { HttpRequest } from "../wires/http.js";

type Fields = HttpRequest["fields"];

/** The values of a field, in order, one for each time that it occurs. `name` is lower-case. */
export function valuesOf(fields: Fields, name: string): readonly string[] {
  return fields.filter(([key]) => key === name).map(([, value]) => value);
}

/** The entries of a field that is a list, as they were written, over all times that it occurs (RFC 9110 §5.6.1). Empty ones are left out. */
export function listOf(fields: Fields, name: string): readonly string[] {
  return valuesOf(fields, name)
    .flatMap((value) => value.split(","))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Whether a field that is a list has an entry, whatever its case. `entry` is lower-case. */
export function lists(fields: Fields, { name, entry }: { readonly name: string; readonly entry: string }): boolean {
  return listOf(fields, name).some((found) => found.toLowerCase() === entry);
}
