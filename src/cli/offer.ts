import { INTROSPECTION, type MethodDescription, type ServiceInfo } from "../call/introspection.js";
import { RpcError } from "../client.js";
import { anyMethod } from "./any-method.js";
import { foreignOffer } from "./foreign-offer.js";
import { connectOptions, type WireFlags } from "./wire-options.js";

/** A server that says nothing for so long is none that can tell what it offers. */
const PATIENCE_MS = 5000;
/** How people call the shapes. */
export const SHAPES: Readonly<Record<MethodDescription["shape"], string>> = {
  unary: "unary",
  serverStream: "server stream",
  clientStream: "client stream",
  bidi: "bidi stream",
};

/**
 * Asks a server what it offers, or the files that `--proto` names. With `all`, what a gRPC server tells by reflection alone is there too. Rejects with an RpcError
 * where the server cannot be reached or does not know.
 */
export async function offerOf(url: string, flags: WireFlags, all = false): Promise<readonly ServiceInfo[]> {
  if (flags.proto !== undefined) return await protoOffer(url, flags);
  const own = await introspected(url, flags);
  if (!all || !isGrpc(url)) return own;
  const names = own.map(({ name }) => name);
  const told = await protoOffer(url, flags).catch(() => []);
  return [...own, ...told.filter(({ name }) => !names.includes(name))];
}

async function introspected(url: string, flags: WireFlags): Promise<readonly ServiceInfo[]> {
  const method = anyMethod({ url, method: `${INTROSPECTION}/services`, options: connectOptions(flags) });
  let answer: unknown;
  try {
    answer = await method.unary([], { headers: flags.header, timeoutMs: flags.timeout ?? PATIENCE_MS });
  } catch (error) {
    if (!(error instanceof RpcError) || error.message.startsWith("Cannot connect")) throw error;
    if (isGrpc(url)) return await protoOffer(url, flags);
    const foreign = await foreignOffer(url, flags);
    if (foreign !== undefined) return foreign;
    throw new RpcError(error.code, `${error.message} The server does not tell what it offers.`, { cause: error });
  } finally {
    await method[Symbol.asyncDispose]();
  }
  if (Array.isArray(answer) && answer.every(isService)) return answer;
  throw new RpcError("internal", `${url} answers ${INTROSPECTION}/services with something else than services.`);
}

async function protoOffer(url: string, flags: WireFlags): Promise<readonly ServiceInfo[]> {
  // What knows protobuf takes as long to load as all the rest.
  const { protoOffer: offer } = await import("./proto-offer.js");
  return await offer(url, flags);
}

/** Says whether a URL is of a wire whose servers describe themselves by reflection. */
export function isGrpc(url: string): boolean {
  return /^grpc(?:\+|:)/u.test(url);
}

function isService(value: unknown): value is ServiceInfo {
  return isRecord(value) && typeof value["name"] === "string" && isListOf(value["methods"], isMethod);
}

function isMethod(value: unknown): value is MethodDescription {
  return (
    isRecord(value) &&
    typeof value["name"] === "string" &&
    Object.hasOwn(SHAPES, String(value["shape"])) &&
    ["doc", "out"].every((key) => value[key] === undefined || typeof value[key] === "string")
  );
}

function isListOf<T>(value: unknown, isOne: (each: unknown) => each is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
