import { introspection, type ServiceInfo } from "../call/introspection.js";
import { RpcError } from "../client.js";
import { type Declaration, declarationIn } from "../contract/declaration.js";
import type { ServicesByName } from "../contract/descriptor-set.js";
import { serviceOf } from "../contract/proto-service.js";
import { loadReflected } from "../load-reflected.js";
import { reflect } from "../reflect.js";
import { servicesOfFiles } from "./proto-files.js";
import { NO_REFLECTION, reflectedOrUsage, reflectionOptions } from "./reflection-options.js";
import type { WireFlags } from "./wire-options.js";

/** What the files of `--proto` declare, or else what a gRPC server tells by reflection. Rejects with an RpcError of the server, `unimplemented` where it has no reflection. */
export async function protoOffer(url: string, flags: WireFlags): Promise<readonly ServiceInfo[]> {
  const services =
    flags.proto === undefined
      ? await told(loadReflected(url, reflectionOptions(flags)))
      : await servicesOfFiles(flags.proto, flags);
  return infoOf(services);
}

/** Finds what has a full name, in the same way; undefined where there is no such thing. */
export async function protoDeclaration(url: string, name: string, flags: WireFlags): Promise<Declaration | undefined> {
  const symbol = name.replace(/^[./]/u, "").replace("/", ".");
  if (flags.proto !== undefined) {
    const services = await servicesOfFiles(flags.proto, flags);
    return declarationIn(
      Object.values(services).map(({ file }) => file),
      symbol,
    );
  }
  return await told(
    reflect(url, reflectionOptions(flags), async (files) => {
      // Some servers know services and messages, and not what is in them.
      for (const each of [symbol, symbol.replace(/\.[^.]*$/u, "")]) {
        if (each !== "" && (await files.declaring(each)) === undefined) {
          return declarationIn((await files.registry()).files, symbol);
        }
      }
      return undefined;
    }),
  );
}

async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await reflectedOrUsage(answer);
  } catch (error) {
    if (error instanceof RpcError && error.code === "unimplemented") throw new RpcError(error.code, NO_REFLECTION);
    throw error;
  }
}

/** Protobuf services as introspection describes them. */
function infoOf(services: ServicesByName): readonly ServiceInfo[] {
  const implementations = Object.values(services).map((desc) => ({
    "~callwire": "implementation" as const,
    service: serviceOf(desc),
    target: {},
  }));
  // Introspection has one method, which tells of itself last.
  const { services: list } = introspection(implementations).target as { services: () => readonly ServiceInfo[] };
  return list().slice(0, -1);
}
