import type { Command } from "commander";
import { isBuiltIn } from "../call/built-in.js";
import type { ServiceInfo } from "../call/introspection.js";
import { RpcError } from "../client.js";
import { offerOf, SHAPES } from "./offer.js";
import { columns, harmless } from "./text.js";
import { addWireOptions, type WireFlags } from "./wire-options.js";

interface ListFlags extends WireFlags {
  readonly all?: true;
  readonly json?: true;
}

/** Adds `callwire list`: the services and methods of a server. */
export function addList(program: Command): void {
  const command = program
    .command("list")
    .summary("list what a server offers")
    .description("Lists the services of a server, with the shape of each method.")
    .argument("<url>", "where the server is, such as frame://127.0.0.1:8080")
    .argument("[service]", "list this service alone");
  addWireOptions(command)
    .option("--all", "list the services that callwire itself adds, too")
    .option("--json", "print what the server told as JSON, with all schemas")
    .addHelpText(
      "after",
      "\nExamples:\n  callwire list frame://127.0.0.1:8080\n  callwire list frame://127.0.0.1:8080 demo.Greeter --json\n  callwire list grpc://127.0.0.1:8080",
    )
    .action(() => list(command));
}

async function list(command: Command): Promise<void> {
  const [url = "", name] = command.args;
  const flags = command.opts<ListFlags>();
  const offered = await offerOf(url, flags, flags.all === true || (name !== undefined && isBuiltIn(name)));
  const services = offered.filter((service) =>
    name === undefined ? flags.all === true || !isBuiltIn(service.name) : service.name === name,
  );
  if (name !== undefined && services.length === 0) {
    const names = offered.map((service) => service.name).join(", ");
    throw new RpcError("not_found", `There is no service ${JSON.stringify(name)}: choose of ${names}.`);
  }
  console.log(flags.json === true ? JSON.stringify(services, undefined, 2) : tableOf(services));
}

/** Columns are aligned over all services, so that shapes can be read down the page. */
function tableOf(services: readonly ServiceInfo[]): string {
  const rows = services.map(({ methods }) =>
    methods.map(({ name, shape, doc }) => [`  ${harmless(name)}`, SHAPES[shape], harmless(doc ?? "")]),
  );
  const lines = columns(rows.flat()).split("\n");
  return services
    .map(({ name, methods }) => [harmless(name), ...lines.splice(0, methods.length)].join("\n"))
    .join("\n\n");
}
