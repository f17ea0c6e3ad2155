import type { Command } from "commander";
import { isBuiltIn } from "../call/built-in.js";
import type { MethodDescription, ServiceInfo } from "../call/introspection.js";
import { RpcError } from "../client.js";
import { isGrpc, offerOf, SHAPES } from "./offer.js";
import { columns, harmless, visible } from "./text.js";
import { addWireOptions, type WireFlags } from "./wire-options.js";

interface DescribeFlags extends WireFlags {
  readonly json?: true;
}

interface Found {
  readonly service: ServiceInfo;
  readonly methods: readonly MethodDescription[];
}

/** Adds `callwire describe`: everything that a server tells of a service or a method. */
export function addDescribe(program: Command): void {
  const command = program
    .command("describe")
    .summary("describe a service, a method, or a message of protobuf")
    .description(
      "Describes a service or a method: its shape, what it is for, and the JSON Schemas of input and output. Of a gRPC server, or of .proto files, it prints the declaration, of messages and enums too.",
    )
    .argument("<url>", "where the server is, such as frame://127.0.0.1:8080")
    .argument(
      "<name>",
      "a service, or method, service.method or service/method; a message or an enum by its full name",
    );
  addWireOptions(command)
    .option("--json", "print what the server told as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  callwire describe frame://127.0.0.1:8080 demo.Greeter\n  callwire describe frame://127.0.0.1:8080 demo.Greeter/hello\n  callwire describe grpc://127.0.0.1:8080 echo.v1.EchoRequest",
    )
    .action(() => describe(command));
}

async function describe(command: Command): Promise<void> {
  const [url = "", name = ""] = command.args;
  const flags = command.opts<DescribeFlags>();
  if (flags.json !== true && (isGrpc(url) || flags.proto !== undefined)) {
    const declaration = await declared(url, name, flags);
    if (declaration !== undefined) {
      console.log(declaration.split("\n").map(visible).join("\n"));
      return;
    }
  }
  const found = find(await offerOf(url, flags, isBuiltIn(name)), name);
  if (found.length === 0) {
    throw new RpcError("not_found", `Nothing is named ${JSON.stringify(name)}: see callwire list ${url}.`);
  }
  if (flags.json === true)
    console.log(
      JSON.stringify(
        found.map(({ service, methods }) => ({ ...service, methods })),
        undefined,
        2,
      ),
    );
  else console.log(found.flatMap(({ service, methods }) => methods.map((each) => page(service, each))).join("\n\n"));
}

/** What a gRPC server, or a file, declares under a name, as text; undefined where there is no such thing, or no reflection. */
async function declared(url: string, name: string, flags: WireFlags): Promise<string | undefined> {
  // What knows protobuf takes as long to load as all the rest.
  const [{ protoDeclaration }, { protoText }] = await Promise.all([
    import("./proto-offer.js"),
    import("../contract/proto-text.js"),
  ]);
  try {
    const declaration = await protoDeclaration(url, name, flags);
    return declaration === undefined ? undefined : protoText(declaration);
  } catch (error) {
    if (error instanceof RpcError && error.code === "unimplemented") return undefined;
    throw error;
  }
}

/** A service by its name, with all methods; else the methods of that name, each in its service. */
function find(services: readonly ServiceInfo[], name: string): readonly Found[] {
  const whole = services.filter((service) => service.name === name);
  if (whole.length > 0) return whole.map((service) => ({ service, methods: service.methods }));
  return services
    .map((service) => ({
      service,
      methods: service.methods.filter((method) =>
        [method.name, `${service.name}.${method.name}`, `${service.name}/${method.name}`].includes(name),
      ),
    }))
    .filter(({ methods }) => methods.length > 0);
}

function page(service: ServiceInfo, method: MethodDescription): string {
  const facts = [
    ["shape", SHAPES[method.shape]],
    ["doc", method.doc],
    ["out", method.out],
    ["input", method.positional === true ? "a list of arguments, not described" : schema(method.input)],
    ["output", schema(method.output)],
  ].flatMap(([key, text]) => (text === undefined ? [] : [[`  ${key}`, text]]));
  return `${harmless(service.name)}/${harmless(method.name)}\n${columns(facts.map(([key = "", text = ""]) => [key, text.startsWith("{") ? text : harmless(text)]))}`;
}

/** A JSON Schema, its lines set in under the column that it stands in. */
function schema(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { $schema: _dialect, ...rest } = value as Readonly<Record<string, unknown>>; // an object, as has been seen
  return JSON.stringify(rest, undefined, 2).replaceAll("\n", "\n          ");
}
