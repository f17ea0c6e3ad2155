import { type Command, Option } from "commander";
import { isBuiltIn } from "../call/built-in.js";
import { MODEL_NAMES, type ModelName } from "../models/model-names.js";
import type { Server } from "../server.js";
import { hints } from "./hints.js";
import { moduleAt } from "./module-at.js";
import { columns } from "./text.js";
import { originOrAny } from "./origin-or-any.js";
import { wholeNumber } from "./units.js";
import { UsageError } from "./usage-error.js";

interface ServeFlags {
  readonly listen?: readonly string[];
  readonly model: ModelName;
  readonly workers?: number;
  readonly hints?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly allowOrigin?: readonly string[];
}

/** What to do about the system's commonest reasons against an address. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "it is in use. Stop who listens there, or choose another with --listen, such as tcp://127.0.0.1:0.",
  EACCES: "this user may not. Choose a port above 1023, or a folder that you may write to.",
  EADDRNOTAVAIL: "this machine has no such address. Choose one of its own, such as 127.0.0.1.",
  ENOTFOUND: "there is no such host. Write an address of this machine, such as 127.0.0.1.",
};

/** Adds `callwire serve`: serves what a module exports. */
export function addServe(program: Command): void {
  const command = program
    .command("serve")
    .summary("serve the services of a module")
    .description("Serves every service that a module exports, until SIGTERM or SIGINT; then open calls may end.")
    .argument("<module>", "the module's file: .js, .mjs or .ts")
    .option(
      "--listen <url>",
      "where to listen: tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH; may be repeated (default: tcp://127.0.0.1:8080)",
      (url: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), url],
    )
    .addOption(new Option("--model <name>", "how calls run").choices(MODEL_NAMES).default("async"))
    .option("--workers <n>", "how many workers a model with workers has", wholeNumber)
    .option("--tls-cert <file>", "the certificate, as PEM, for those who speak TLS; read again when it changes")
    .option("--tls-key <file>", "its key, as PEM")
    .option("--tls-ca <file>", "who may vouch for clients, as PEM; they have to show a certificate then")
    .option(
      "--allow-origin <url>",
      "pages of this origin may call too, such as https://app.example.com; * is any; may be repeated (default: none)",
      (url: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), originOrAny(url)],
    )
    .option("--hints", "print commands to try in another terminal")
    .addHelpText(
      "after",
      `
SIGHUP loads the service again, in new workers that take over one by one.
The first SIGTERM or SIGINT drains: open calls are answered, then the process exits with 0. A second one exits at once.

Examples:
  callwire serve service.ts
  callwire serve dist/service.js --listen tcp://0.0.0.0:9000 --listen unix:///run/app.sock
  callwire serve service.ts --listen tcp://127.0.0.1:0 --model single
  callwire serve service.ts --allow-origin https://app.example.com --allow-origin http://localhost:5173
  callwire serve service.ts --listen tls://0.0.0.0:8443 --tls-cert server.pem --tls-key server.key`,
    )
    .action(() => serve(command));
}

async function serve(command: Command): Promise<void> {
  const [module = ""] = command.args;
  const flags = command.opts<ServeFlags>();
  if (flags.workers !== undefined && (flags.model === "async" || flags.model === "single")) {
    console.error(`Model ${flags.model} has no workers, so --workers ${flags.workers} changes nothing: leave it out.`);
  }
  const { url, services } = await moduleAt(module);
  const server = await bound(url, flags);
  const stopped = stopOnSignal(server);
  const own = server.services.filter(({ name }) => !isBuiltIn(name));
  console.log(
    [
      ...server.addresses.map((address) => `callwire listening on ${address}`),
      columns(own.map(({ name, wires }) => [name, wires.join(" ")])),
      ...(flags.hints === true ? [hints(services, server.addresses)] : []),
    ].join("\n"),
  );
  const failed = await Promise.race([stopped, server.failed]);
  if (failed !== undefined) throw new UsageError(failed.message, 1);
  // What the module itself keeps open must not keep a stopped server.
  process.exit(0);
}

async function bound(module: URL, flags: ServeFlags): Promise<Server> {
  const { listen, model, workers, tlsCert: cert, tlsKey: key, tlsCa: ca, allowOrigin } = flags;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("TLS needs a certificate and its key: give both --tls-cert and --tls-key.");
  if (ca !== undefined && cert === undefined)
    throw new UsageError("--tls-ca asks for clients' certificates over TLS: give --tls-cert and --tls-key too.");
  // Commands that call need none of it.
  const { serve: serveAt } = await import("../server.js");
  try {
    return await serveAt(module, {
      model,
      ...(listen === undefined ? {} : { listen }),
      ...(workers === undefined ? {} : { workers }),
      ...(allowOrigin === undefined ? {} : { allowedOrigins: allowOrigin }),
      ...(cert === undefined || key === undefined ? {} : { tls: { cert, key, ...(ca === undefined ? {} : { ca }) } }),
    });
  } catch (error) {
    // serve() throws and rejects with errors only.
    const { message, cause } = error as Error;
    if (error instanceof TypeError) throw new UsageError(message);
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const advice = ADVICE[code];
    throw new UsageError(advice === undefined ? message : `${message.split(": ", 1)[0]}: ${advice}`, 1);
  }
}

/** Drains at the first SIGTERM or SIGINT, which resolves when it is done; exits at the second. Loads the service again at SIGHUP. */
function stopOnSignal(server: Server): Promise<undefined> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      void server.stop().then(() => resolve(undefined));
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
    process.on("SIGHUP", () => {
      server.reload().catch((error: Error) => console.error(`The service could not be loaded again: ${error.message}`));
    });
  });
}
