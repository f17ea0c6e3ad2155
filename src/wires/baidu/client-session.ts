import { type CallHead, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import { CallRing } from "../call-ring.js";
import type { ClientSession, Outlet, SessionOptions } from "../wire.js";
import { ClientCall, type ClientCallOwner, type ClientSending } from "./client-call.js";
import { numberedCompression } from "./compression.js";
import { heardAnswer } from "./heard-answer.js";
import { KnownMetas } from "./known-metas.js";
import { PacketReader } from "./packet-reader.js";
import { oversized, type PacketPlace } from "./payload.js";
import { BaiduSession } from "./session.js";
import { Stream } from "./stream.js";
import { FRAME, type StreamFrameMeta } from "./stream-frame.js";
import type { PacketHead } from "./write-packet.js";

/** The calling end of a connection. Answers may come in any order; one that nobody waits for any more is ignored, since the protocol cannot cancel. */
export class BaiduClientSession extends BaiduSession implements ClientSession, ClientCallOwner {
  override open: number = 0;
  fresh: boolean = true;
  readonly sending: ClientSending;
  /** Metas of answers that are a message and nothing else. */
  readonly #known: KnownMetas<true> = new KnownMetas();
  readonly #calls: CallRing<ClientCall> = new CallRing();
  /** Whether the server takes cancellations, as callwire's do; undefined until it has said something. */
  #cancels: boolean | undefined = undefined;
  /** Calls that were given up before that was known. */
  #given: number[] = [];
  #retired = false;

  constructor(outlet: Outlet, options: SessionOptions) {
    super(outlet, options);
    const { baidu = {} } = options;
    this.sending = {
      compression: numberedCompression(options),
      checksum: baidu.checksum === true,
      authentication: baidu.authentication,
    };
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#retired) {
      const { address } = this.options.peer;
      reply.end(failure("unavailable", `Connection to ${address} is closing: call again for a new one.`));
      return DEAF;
    }
    const call = new ClientCall(this, this.#calls.free(), { head, reply });
    this.#calls.add(call);
    this.open += 1;
    return call;
  };

  override put(call: PacketHead, message: Uint8Array): void {
    this.fresh = false;
    super.put(call, message);
  }

  streamFor(call: ClientCall): Stream {
    const { maxMessageBytes } = this.options.limits;
    const stream = new Stream(this, call, { id: call.id, maxMessageBytes });
    stream.sink = call.reply;
    stream.writer = call.reply;
    return stream;
  }

  cancel(call: ClientCall, status: Status): void {
    const { stream } = call;
    const reached = stream?.connected === true;
    stream?.reset();
    this.forget(call);
    // A server that was sent the deadline keeps it by itself.
    const knows = status.code === "deadline_exceeded" && call.request.timeoutMs !== undefined;
    if (call.opened && !reached && !knows) this.#giveUp(call.id);
    this.outlet.wrote(0);
  }

  forget(call: ClientCall): void {
    // Whoever heard a call's end may have closed the session meanwhile, which has freed all places.
    if (this.#calls.delete(call)) this.open -= 1;
  }

  override finish(): void {
    super.finish();
    this.#retired = true;
    this.#failAll(failure("unavailable", `${this.options.peer.address} closed the connection before it answered.`));
  }

  lost(status: Status): void {
    this.#retired = true;
    // Where it is this end that closes the connection, the server can still be told.
    for (const call of this.#calls.all()) {
      if (call.stream?.connected === true) call.stream.reset();
      else if (call.opened && !call.ended) this.#giveUp(call.id);
    }
    this.#failAll(status);
  }

  retire(): void {
    this.#retired = true;
  }

  protected override recognized(): boolean {
    const { reader } = this;
    const known = this.#known;
    if (known.find(reader.bytes, reader.metaStart, reader.metaEnd) === undefined) return false;
    if (reader.end - reader.metaEnd > this.options.limits.maxMessageBytes) return false;
    this.#calls.at(numberOf(known))?.answered(reader.part(reader.metaEnd, reader.end));
    return true;
  }

  protected override called(whole: boolean): void {
    const { reader, meta } = this;
    if (!whole || !meta.isResponse) {
      this.fail("An answer's meta is no RpcMeta with a response.");
      return;
    }
    // The greeting of a server that takes cancellations comes before its first answer.
    this.#cancels ??= false;
    if (meta.repeatable && !meta.special) this.#known.keep(reader.bytes, meta, true);
    const call = this.#callOf();
    if (call !== undefined) call.hear(heardAnswer(meta, reader, this.options));
  }

  protected override oversized(whole: boolean): void {
    if (!whole || !this.meta.isResponse) this.fail("An answer's meta is no RpcMeta with a response.");
    else this.#callOf()?.fail(failure("resource_exhausted", oversized(this.options.limits.maxMessageBytes)));
  }

  protected override streamOf(id: number): Stream | undefined {
    return this.#calls.at(id)?.stream;
  }

  protected override about({ type }: StreamFrameMeta): void {
    if (type !== FRAME.feedback || this.#cancels !== undefined) return;
    this.#cancels = true;
    for (const id of this.#given.splice(0)) this.tell(FRAME.rst, id);
  }

  protected override introduced(stream: Stream, frame: StreamFrameMeta, data: Uint8Array): boolean {
    const call = this.#calls.at(stream.id);
    if (call === undefined || frame.type !== FRAME.data) return false;
    const place = this.#packetIn(data);
    if (place === undefined) {
      stream.reset();
      call.fail(failure("internal", `The first frame of the stream of ${call.request.path} holds no answer.`));
    } else call.hear(heardAnswer(this.meta, place, this.options));
    return true;
  }

  /** The packet that is all of some bytes, its meta read; undefined: they are none. */
  #packetIn(data: Uint8Array): PacketPlace | undefined {
    const { maxHeaderBytes, maxMessageBytes } = this.options.limits;
    const reader = new PacketReader({ maxMetaBytes: maxHeaderBytes, maxRestBytes: 2 * maxMessageBytes });
    reader.push(data);
    if (reader.next() !== "call" || reader.held > 0) return undefined;
    const read = this.meta.read(reader.bytes, reader.metaStart, reader.metaEnd);
    return read && this.meta.isResponse ? reader : undefined;
  }

  /** The call that the packet being read answers. */
  #callOf(): ClientCall | undefined {
    return this.#calls.at(numberOf(this.meta));
  }

  /** Tells the server, if it is one that listens, that nobody waits for an answer any more. */
  #giveUp(id: number): void {
    if (this.#cancels === true) this.tell(FRAME.rst, id);
    else if (this.#cancels === undefined) this.#given.push(id);
  }

  #failAll(status: Status): void {
    const calls = this.#calls.all();
    this.#calls.clear();
    this.open = 0;
    for (const call of calls) call.fail(status);
  }
}

/** The number of a call that was made here. Those of others are no whole numbers of ours, and find none. */
function numberOf({ idHigh, idLow }: Pick<PacketHead, "idLow" | "idHigh">): number {
  return (idHigh >>> 0) * 2 ** 32 + (idLow >>> 0);
}
