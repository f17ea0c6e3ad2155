import { RpcError } from "../client.js";
import { INTROSPECTION } from "../call/introspection.js";
import type { ServicesByName } from "../contract/descriptor-set.js";
import { loadReflected } from "../load-reflected.js";
import { anyMethod } from "./any-method.js";
import type { Asking, MethodMaker } from "./find-method.js";
import { type ProtoMethod, protoMethod } from "./proto-method.js";
import { servicesOfFiles } from "./proto-files.js";
import { NO_REFLECTION, reflectedOrUsage, reflectionOptions } from "./reflection-options.js";
import { UsageError } from "./usage-error.js";

/** What a server answers whose reflection, or whose way to it, is in order, but not for this caller or not now. */
const FINAL: readonly RpcError["code"][] = ["unavailable", "deadline_exceeded", "unauthenticated", "permission_denied"];

/**
 * Finds how a method is called by its descriptor, from the files of `--proto` or by the server's reflection. Undefined: a server of callwire describes it in another
 * way. Rejects with a UsageError, or an RpcError of the server.
 */
export async function findProtoMethod(url: string, name: string, asking: Asking): Promise<MethodMaker | undefined> {
  const { proto } = asking.flags;
  const known =
    (method: ProtoMethod): MethodMaker =>
    (options) =>
      protoMethod(method, { url, options });
  if (proto !== undefined) {
    const services = await servicesOfFiles(proto, asking.flags);
    const method = methodIn(services, name);
    if (method !== undefined) return known(method);
    throw new UsageError(`There is no method ${JSON.stringify(name)} in ${proto.join(", ")}: ${offered(services)}.`);
  }
  const services = await reflected(url, serviceOf(name), asking);
  const method = services instanceof RpcError ? undefined : methodIn(services, name);
  if (method !== undefined) return known(method);
  const isKnown = !(services instanceof RpcError) && serviceOf(name) !== undefined;
  // Services of callwire that are none of protobuf are called in JSON.
  if (!isKnown && (await introspects(url, asking))) return undefined;
  if (services instanceof RpcError)
    throw services.code === "unimplemented" ? new RpcError("unimplemented", NO_REFLECTION) : services;
  throw new RpcError("not_found", `There is no method ${JSON.stringify(name)}: ${offered(services)}.`);
}

/** The service part of a method's name, `echo.v1.EchoService/Echo` or with a dot; undefined where there is the method's alone. */
function serviceOf(name: string): string | undefined {
  return /^\/?(?<service>.+)[./][^./]+$/u.exec(name)?.groups?.["service"];
}

function methodIn(services: ServicesByName, name: string): ProtoMethod | undefined {
  const wanted = name.replace(/^\//u, "");
  const methods = Object.values(services).flatMap((service) => service.methods);
  const full = methods.find(({ parent, name: own, localName }) =>
    [own, localName].some((each) => [`${parent.typeName}/${each}`, `${parent.typeName}.${each}`].includes(wanted)),
  );
  if (full !== undefined) return full;
  const bare = methods.filter(({ name: own, localName }) => own === wanted || localName === wanted);
  if (bare.length < 2) return bare[0];
  const names = bare.map(({ parent, name: own }) => `${parent.typeName}/${own}`).join(", ");
  throw new UsageError(`Several services have a method ${JSON.stringify(name)}: call one of ${names}.`);
}

function offered(services: ServicesByName): string {
  const names = Object.values(services).flatMap(({ typeName, methods }) =>
    methods.map((method) => `${typeName}/${method.name}`),
  );
  return names.length === 0 ? "there are no methods" : `choose of ${names.join(", ")}`;
}

/** What a server tells of a service, or of all, by reflection; an error where it has none, or does not know the service. */
async function reflected(
  url: string,
  service: string | undefined,
  { flags, signal }: Asking,
): Promise<ServicesByName | RpcError> {
  const services = service === undefined ? undefined : [service];
  try {
    return await reflectedOrUsage(loadReflected(url, { services, ...reflectionOptions(flags, signal) }));
  } catch (error) {
    if (error instanceof RpcError && !FINAL.includes(error.code)) return error;
    throw error;
  }
}

/** Says whether a server is one of callwire. */
async function introspects(url: string, { flags, signal }: Asking): Promise<boolean> {
  const { headers, timeoutMs, connect: options = {} } = reflectionOptions(flags);
  const method = anyMethod({ url, method: `${INTROSPECTION}/services`, options });
  try {
    await method.unary([], { headers, timeoutMs, signal });
    return true;
  } catch (error) {
    if (error instanceof RpcError) return false;
    throw error;
  } finally {
    await method[Symbol.asyncDispose]();
  }
}
