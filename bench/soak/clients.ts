import { connect, type FunctionsClient } from "callwire/client";
import { blocksProto } from "./blocks-proto.js";
import { type Caller, type PlainFunctions, Texts } from "./contract.js";
import { bytes, type Material, texts } from "./material.js";
import { type Places, type Target, urlOf } from "./targets.js";

/** A client of one of both services, with what its messages hold. */
export interface Open<T> {
  readonly target: Target;
  readonly caller: Caller<T>;
  readonly material: Material<T>;
  /** Makes a client of the plain functions, at the same place. */
  readonly plain: () => PlainCaller;
}

/** A client of plain functions, whose arguments go by position. */
export type PlainCaller = FunctionsClient<PlainFunctions>;

/** Hands both services to what works with either. */
export type Either = Open<string> | Open<Uint8Array>;

const blocks = blocksProto();

/** How a client is made. */
export interface Opening {
  readonly places: Places;
  /** Where it goes in place of the server. */
  readonly place?: string | undefined;
  readonly service: "texts" | "blocks";
  readonly connections?: number | undefined;
}

/** Makes a client of a target. */
export function open(target: Target, { places, place, service, connections }: Opening): Either {
  const url = urlOf(target, places, place);
  const options = {
    // The certificate is one of the tests'.
    tls: { rejectUnauthorized: false },
    ...target.options,
    ...(connections === undefined ? {} : { connections }),
  };
  const plain = (): PlainCaller => connect<PlainFunctions>("soak.plain", url, options);
  // Both contracts describe a Caller.
  if (service === "texts")
    return { target, caller: connect(Texts, url, options) as unknown as Caller<string>, material: texts, plain };
  // As above.
  return { target, caller: connect(blocks, url, options) as unknown as Caller<Uint8Array>, material: bytes, plain };
}
