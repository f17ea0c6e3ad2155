import type { Codec } from "./call/codec.js";
import { json, jsonOf } from "./codecs/json.js";
import { value } from "./codecs/value.js";
import type { Service } from "./contract/service.js";

/** The codecs of services that are not declared in protobuf. */
export const PLAIN_CODECS: readonly Codec[] = [value, json];
let all: readonly Codec[] | undefined;

/**
 * The codecs that services need. Those of protobuf are loaded where one of the services is declared in protobuf, since the library takes as
 * long to load as callwire does; once they are, they are there at once.
 */
export function codecsFor(services: readonly Service[]): readonly Codec[] | Promise<readonly Codec[]> {
  if (!services.some(isProtobuf)) return PLAIN_CODECS;
  return all ?? load();
}

function isProtobuf({ methods }: Service): boolean {
  return Object.values(methods).some(({ proto }) => proto !== undefined);
}

async function load(): Promise<readonly Codec[]> {
  const [{ proto }, { canonical }] = await Promise.all([import("./codecs/proto.js"), import("./codecs/canonical.js")]);
  const values = canonical(value);
  return (all ??= [values, jsonOf(values), proto]);
}
