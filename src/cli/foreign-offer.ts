import type { MethodDescription, ServiceInfo } from "../call/introspection.js";
import { RpcError } from "../client.js";
import { anyMethod } from "./any-method.js";
import { connectOptions, type WireFlags } from "./wire-options.js";

/** A server of another make that says nothing for so long will not tell what it offers. */
const PATIENCE_MS = 5000;
/** Of servers with more methods, the names alone are asked for. */
const MOST_HELP = 100;

type Ask = (method: string, input: unknown) => Promise<unknown>;

/** By which methods servers other than callwire tell what they offer, on wires where that is customary. */
const CUSTOMS: Readonly<Record<string, (ask: Ask) => Promise<readonly ServiceInfo[]>>> = {
  xmlrpc: bySystemMethods,
  jsonrpc: byDiscovery,
};

/** Asks a server of another make what it offers, in the way of its wire; undefined where it does not tell. */
export async function foreignOffer(url: string, flags: WireFlags): Promise<readonly ServiceInfo[] | undefined> {
  const custom = CUSTOMS[/^[a-z]+/u.exec(url)?.[0] ?? ""];
  if (custom === undefined) return undefined;
  const options = { headers: flags.header, timeoutMs: flags.timeout ?? PATIENCE_MS };
  const ask: Ask = async (name, input) => {
    const method = anyMethod({ url, method: name, options: connectOptions(flags) });
    try {
      return await method.unary(input, options);
    } finally {
      await method[Symbol.asyncDispose]();
    }
  };
  try {
    return await custom(ask);
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

/** XML-RPC's introspection (https://xmlrpc-c.sourceforge.io/introspection.html): the names, then what each is for. */
async function bySystemMethods(ask: Ask): Promise<readonly ServiceInfo[]> {
  const answer = await ask("system.listMethods", []);
  const names = Array.isArray(answer) ? answer.filter((name) => typeof name === "string") : [];
  const methods: [string, MethodDescription][] = [];
  for (const full of names) {
    const doc = names.length > MOST_HELP ? undefined : await helpOf(ask, full);
    methods.push([full, { name: full, shape: "unary", positional: true, ...(doc === undefined ? {} : { doc }) }]);
  }
  return grouped(methods);
}

async function helpOf(ask: Ask, method: string): Promise<string | undefined> {
  try {
    const help = await ask("system.methodHelp", [method]);
    return typeof help === "string" && help !== "" ? help.trim().split("\n", 1)[0] : undefined;
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

/** JSON-RPC's discovery (https://spec.open-rpc.org): one document. */
async function byDiscovery(ask: Ask): Promise<readonly ServiceInfo[]> {
  const document = await ask("rpc.discover", undefined);
  const methods = isRecord(document) && Array.isArray(document["methods"]) ? document["methods"].filter(isRecord) : [];
  return grouped(
    methods.map((method) => {
      const { name, summary, description, result } = method;
      const doc = typeof description === "string" ? description : summary;
      const output = isRecord(result) ? result["schema"] : undefined;
      const described: MethodDescription = {
        name: String(name),
        shape: "unary",
        positional: true,
        ...(typeof doc === "string" ? { doc } : {}),
        ...(output === undefined ? {} : { output }),
      };
      return [String(name), described];
    }),
  );
}

/** Methods under the services that the parts of their names before the last dot say. */
function grouped(methods: readonly (readonly [string, MethodDescription])[]): readonly ServiceInfo[] {
  const services = new Map<string, MethodDescription[]>();
  for (const [full, method] of methods) {
    const dot = full.lastIndexOf(".");
    const service = dot < 0 ? "(no service)" : full.slice(0, dot);
    const list = services.get(service) ?? [];
    list.push({ ...method, name: full.slice(dot + 1) });
    services.set(service, list);
  }
  return [...services].map(([name, list]) => ({ name, methods: list }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
