import type { Codec } from "./call/codec.js";
import { lateClient } from "./call/late-client.js";
import { clientOf, type ClientParts } from "./call/stub.js";
import type { CodecsFor } from "./codecs-with.js";
import type { CallOptions } from "./contract/call.js";
import type { Service } from "./contract/service.js";

/**
 * The same client with options for every call made through it; how calls of plain functions get theirs:
 * `await withOptions(calc, { timeoutMs: 500 }).add(2, 3)`. Disposing either closes the connections of both.
 */
export function withOptions<C extends AsyncDisposable>(client: C, defaults: CallOptions): C {
  const remake = remakers.get(client);
  if (remake === undefined) throw new TypeError("withOptions() takes a client that connect() made.");
  // What is made again has the type of what it was made from.
  return remake(defaults) as C;
}

/** How the clients of this process were made, for withOptions. */
const remakers: WeakMap<object, (defaults: CallOptions) => unknown> = new WeakMap();

/** What a client is made of; its codec is the first of these names that there is for its service. */
export interface MadeParts extends Omit<ClientParts, "codec"> {
  readonly codecsFor: CodecsFor;
  readonly codecs: readonly Codec["name"][];
}

/**
 * Makes a client of a contract, or of plain functions by their service's name. Where the codec of a contract is still to be loaded, its calls wait.
 * Throws a TypeError where it has none of the codecs.
 */
export function madeClient(service: Service | string, parts: MadeParts): object {
  const client = clientWith(service, parts);
  remakers.set(client, (defaults) => madeClient(service, { ...parts, defaults: { ...parts.defaults, ...defaults } }));
  return client;
}

function clientWith(service: Service | string, parts: MadeParts): object {
  const plain = typeof service === "string";
  const codecs = parts.codecsFor(plain ? [] : [service]);
  // Plain functions need none that has to be loaded.
  if (plain || !("then" in codecs)) return madeWith(codecs as readonly Codec[], service, parts);
  const client = codecs.then((loaded) => madeWith(loaded, service, parts));
  return lateClient(service, { client, close: parts.close });
}

function madeWith(codecs: readonly Codec[], service: Service | string, { codecs: names, ...parts }: MadeParts): object {
  const codec = names.flatMap((name) => codecs.filter((each) => each.name === name))[0];
  if (codec === undefined)
    throw new TypeError(
      `A call to ${parts.peer.address} needs ${names.join(" or ")} messages: give it a protobuf contract.`,
    );
  return clientOf(service, { ...parts, codec });
}
