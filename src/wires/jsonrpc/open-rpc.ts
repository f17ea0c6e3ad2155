import type { MethodDescription, ServiceInfo } from "../../call/introspection.js";

/** A parameter or a result (OpenRPC 1.3, "Content Descriptor Object"). */
interface ContentDescriptor {
  readonly name: string;
  readonly required?: boolean;
  readonly schema: unknown;
}

/** How a method's arguments are given (OpenRPC 1.3, "Method Object"). */
interface Params {
  readonly params: readonly ContentDescriptor[];
  readonly paramStructure: "by-name" | "by-position" | "either";
  readonly "x-positional"?: true;
}

/** Makes an OpenRPC 1.3 document of what introspection says of services; those named `callwire.…` are left out. */
export function openRpcOf(services: readonly ServiceInfo[]): object {
  const methods = services
    .filter(({ name }) => !name.startsWith("callwire."))
    .flatMap(({ name, methods: its }) => its.map((method) => methodOf(`${name}.${method.name}`, method)));
  return { openrpc: "1.3.2", info: { title: "callwire", version: "1" }, methods };
}

function methodOf(name: string, method: MethodDescription): object {
  const { shape, doc, output } = method;
  return {
    name,
    ...(doc === undefined ? {} : { description: doc }),
    ...paramsOf(name, method),
    result: { name: "result", schema: output === undefined ? {} : whole(output, `${name}.result`) },
    ...(shape === "unary" ? {} : { "x-shape": shape }),
  };
}

function paramsOf(name: string, { positional, params, input }: MethodDescription): Params {
  if (positional === true) {
    // Of arguments that nobody named only the order is known.
    if (params === undefined) return { params: [], paramStructure: "by-position", "x-positional": true };
    return { params: params.map((param) => ({ name: param, schema: {} })), paramStructure: "either" };
  }
  if (input === undefined) return { params: [], paramStructure: "either" };
  const properties = propertiesOf(input);
  if (properties !== undefined) return { params: properties, paramStructure: "by-name" };
  // A list of one holds the input.
  const schema = whole(input, `${name}.input`);
  return { params: [{ name: "input", required: true, schema }], paramStructure: "by-position" };
}

/** The properties of an object's schema; undefined: it is not one, or they cannot stand without it. */
function propertiesOf(schema: unknown): readonly ContentDescriptor[] | undefined {
  if (!isRecord(schema) || schema["type"] !== "object" || refers(schema)) return undefined;
  const { properties, required } = schema as { properties?: unknown; required?: unknown }; // both are looked at
  if (!isRecord(properties)) return undefined;
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const described = Object.entries(properties).map(([name, each]) => ({
    name,
    required: names.includes(name),
    schema: each,
  }));
  // Parameters that are required come first (OpenRPC 1.3).
  return [...described.filter((each) => each.required), ...described.filter((each) => !each.required)];
}

/** A schema that stands in a document: what it refers to within itself is found by an id of its own (JSON Schema 2020-12 §8.2.1). */
function whole(schema: unknown, id: string): unknown {
  return isRecord(schema) && refers(schema) ? { $id: id, ...schema } : schema;
}

function refers(schema: unknown): boolean {
  return JSON.stringify(schema).includes('"$ref"');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
