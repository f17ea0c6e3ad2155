import type { MethodDescription } from "../call/introspection.js";

/** Inputs of plain functions, of which nothing but the name is known: those that the first examples of most tutorials have. */
const WELL_KNOWN: Readonly<Record<string, unknown>> = { ping: "hello", pi: 1000, add: [2, 3], echo: { any: "JSON" } };

/**
 * The arguments of `callwire call` behind a method's name that try it, quoted for a shell; undefined where no input can be guessed.
 * `fn` is the method's function.
 */
export function sampleArguments(method: MethodDescription, fn: unknown): readonly string[] | undefined {
  if (method.positional === true) {
    if (Object.hasOwn(WELL_KNOWN, method.name)) return [quoted(WELL_KNOWN[method.name])];
    return typeof fn === "function" && fn.length === 0 ? [] : undefined;
  }
  const sample = sampleOf(method.input, "");
  if (sample === undefined) return undefined;
  if (method.shape === "unary" || method.shape === "serverStream") return [quoted(sample)];
  return ["--stream", quoted(typeof sample === "number" ? [1, 2, 3] : [sample, sample])];
}

/** A value that fits a JSON Schema of the plainer kind; undefined for others. */
function sampleOf(schema: unknown, name: string): unknown {
  if (!isRecord(schema)) return undefined;
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  if (schema["const"] !== undefined) return schema["const"];
  if (schema["type"] === "string")
    return schema["format"] === undefined && schema["pattern"] === undefined ? text(name) : undefined;
  if (schema["type"] === "number" || schema["type"] === "integer") return within(schema);
  if (schema["type"] === "boolean") return true;
  return schema["type"] === "object" ? sampleObject(schema) : undefined;
}

function text(name: string): string {
  return /name/iu.test(name) ? "Ada" : "hello";
}

function within(schema: Readonly<Record<string, unknown>>): number | undefined {
  const { minimum, maximum } = schema;
  return (typeof minimum === "number" && minimum > 3) || (typeof maximum === "number" && maximum < 3) ? undefined : 3;
}

function sampleObject(schema: Readonly<Record<string, unknown>>): unknown {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const entries = required.map((name) => [name, sampleOf(properties[name], name)] as const);
  if (entries.some(([, value]) => value === undefined)) return undefined;
  // Where nothing is required, as in protobuf, the first property shows more than none.
  const [first] = required.length === 0 ? Object.keys(properties) : [];
  const shown = first === undefined ? undefined : sampleOf(properties[first], first);
  return Object.fromEntries(shown === undefined || first === undefined ? entries : [[first, shown]]);
}

function quoted(value: unknown): string {
  const json = JSON.stringify(value);
  return /^[\w.]+$/u.test(json) ? json : `'${json.replaceAll("'", String.raw`'\''`)}'`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
