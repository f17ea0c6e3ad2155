import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { RpcError } from "callwire/client";
import { setTimeout as sleep } from "node:timers/promises";
import { CODES } from "../../src/call/code.js";
import type { SuiteClient } from "./clients.js";
import { addHeaders, headersOf } from "./metadata.js";
import type { Any, ClientRequest, ClientResult, WireError } from "./shapes.js";

/** Numbers of StreamType. */
const FULL_DUPLEX = 5;

/** What a method answers a call with. */
interface Answer {
  readonly payload?: object;
}

/** One call as the suite describes it: its messages, when they are sent, when it is given up; and what came of it. */
export class ClientCall {
  readonly #request: ClientRequest;
  readonly #messages: readonly object[];
  readonly #controller: AbortController = new AbortController();
  readonly #payloads: object[] = [];
  #sent = 0;
  #over = false;
  #wake: (() => void) | undefined = undefined;
  #headers: Headers | undefined = undefined;
  #trailers: Headers | undefined = undefined;

  /** Throws where a message is of a type that the suite does not have. */
  constructor(request: ClientRequest, registry: Registry) {
    this.#request = request;
    this.#messages = request.requestMessages.map((any) => unpacked(any, registry));
  }

  /** Makes the call. Rejects for what cannot be called; a call that fails is a result. */
  async run(client: SuiteClient): Promise<ClientResult> {
    const { method = "" } = this.#request;
    const name = method.slice(0, 1).toLowerCase() + method.slice(1);
    const call = client[name];
    if (call === undefined) throw new Error(`The service has no method ${JSON.stringify(method)}.`);
    const error = await this.#make(call).catch(errorOf);
    this.#over = true;
    this.#wake?.();
    return {
      responseHeaders: headersOf(this.#headers),
      responseTrailers: headersOf(this.#trailers),
      payloads: this.#payloads,
      numUnsentRequests: this.#messages.length - this.#sent,
      ...(error === undefined ? {} : { error }),
    };
  }

  async #make(call: NonNullable<SuiteClient[string]>): Promise<undefined> {
    const { method, timeoutMs, requestHeaders } = this.#request;
    const headers = new Headers();
    addHeaders(headers, requestHeaders);
    const streams = method === "ClientStream" || method === "BidiStream";
    if (!streams && this.#messages.length !== 1) throw new Error(`${String(method)} takes one message.`);
    const answer = call(streams ? this.#input() : this.#messages[0], {
      headers,
      timeoutMs,
      signal: this.#controller.signal,
      onHeader: (fields) => (this.#headers = fields),
      onTrailer: (fields) => (this.#trailers = fields),
    });
    if (!streams) {
      this.#sent = 1;
      this.#closed();
    }
    if (method === "ServerStream" || method === "BidiStream") for await (const each of answer) this.#heard(each);
    else this.#heard(await answer);
  }

  async *#input(): AsyncGenerator<object> {
    const { requestDelayMs, streamType, cancel } = this.#request;
    for (const message of this.#messages) {
      if (requestDelayMs > 0) await sleep(requestDelayMs);
      this.#sent += 1;
      yield message;
      if (streamType === FULL_DUPLEX) await this.#answered();
    }
    if (cancel?.cancelTiming.case === "beforeCloseSend") this.#controller.abort();
    else this.#closed();
  }

  /** Waits until every message that was sent is answered, or the call is over. */
  async #answered(): Promise<void> {
    while (!this.#over && this.#payloads.length < this.#sent)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #heard({ payload = {} }: Answer): void {
    this.#payloads.push(payload);
    const timing = this.#request.cancel?.cancelTiming;
    if (timing?.case === "afterNumResponses" && timing.value === this.#payloads.length) this.#controller.abort();
    this.#wake?.();
  }

  /** Everything has been said: the time to a cancellation begins. */
  #closed(): void {
    const { cancel } = this.#request;
    if (cancel === undefined) return;
    const { cancelTiming: timing } = cancel;
    if (timing.case === "afterNumResponses") return;
    setTimeout(() => this.#controller.abort(), timing.case === "afterCloseSendMs" ? timing.value : 0);
  }
}

function unpacked({ typeUrl, value }: Any, registry: Registry): object {
  const desc: DescMessage | undefined = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
  if (desc === undefined) throw new Error(`The suite has no message ${JSON.stringify(typeUrl)}.`);
  return fromBinary(desc, value);
}

function errorOf(error: unknown): WireError {
  if (!(error instanceof RpcError)) throw error;
  return { code: CODES.indexOf(error.code), message: error.message, details: error.details.map(packed) };
}

/** A detail as it travelled: a message of a named type, or plain data. */
function packed(detail: unknown): Any {
  if (typeof detail === "object" && detail !== null && "type" in detail && "value" in detail) {
    const { type, value } = detail;
    if (typeof type === "string" && value instanceof Uint8Array)
      return { typeUrl: `type.googleapis.com/${type}`, value };
  }
  // Details that are no message are plain data.
  const value = toBinary(ValueSchema, create(ValueSchema, fromJson(ValueSchema, detail as JsonValue)));
  return { typeUrl: "type.googleapis.com/google.protobuf.Value", value };
}
