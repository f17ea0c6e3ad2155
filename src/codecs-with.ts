import type { Codec, FullCodec } from "./call/codec.js";
import { jsonOf } from "./codecs/json.js";
import type { Service } from "./contract/service.js";

/**
 * The codecs that services need; a promise of them where those of protobuf are still to be loaded, which only a service that is declared in protobuf
 * needs.
 */
export type CodecsFor = (services: readonly Service[]) => readonly Codec[] | Promise<readonly Codec[]>;

/**
 * Makes what finds the codecs that services need, out of the one that leaves values as they are. Those of protobuf are loaded where one of the services is
 * declared in protobuf, since the library takes as long to load as callwire does; once they are, they are there at once.
 */
export function codecsWith(value: FullCodec): CodecsFor {
  const plain: readonly Codec[] = [value, jsonOf(value)];
  let all: readonly Codec[] | undefined;
  const load = async (): Promise<readonly Codec[]> => {
    const [{ proto }, { canonical }] = await Promise.all([
      import("./codecs/proto.js"),
      import("./codecs/canonical.js"),
    ]);
    const values = canonical(value);
    return (all ??= [values, jsonOf(values), proto]);
  };
  return (services) => (services.some(isProtobuf) ? (all ?? load()) : plain);
}

function isProtobuf({ methods }: Service): boolean {
  return Object.values(methods).some(({ proto }) => proto !== undefined);
}
