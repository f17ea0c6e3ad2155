import { OutBuffer } from "../../bytes/out-buffer.js";
import { copyOf } from "../../bytes/slab.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, DEAF, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { BaiduOptions } from "../wire.js";
import { answerFields, errorPrefix, successPrefix } from "./answer-bytes.js";
import type { BaiduHead } from "./heads.js";
import { type NumberedCompression, packed } from "./compression.js";
import type { StreamSettings } from "./rpc-meta.js";
import type { Stream, StreamHearer } from "./stream.js";
import { streamSettings } from "./stream-settings.js";
import { type PacketHead, writePacket } from "./write-packet.js";

/** What an answer needs of its session. */
export interface AnswerOwner {
  /** How messages are sent, beside what the request asks for. */
  readonly sending: AnswerSending;
  /** Sends a packet. */
  put(head: PacketHead, message: Uint8Array): void;
  /** The call is over, and all has been sent. */
  over(answer: Answer): void;
}

/** How a server's messages are sent. */
export interface AnswerSending extends Pick<BaiduOptions, "checksum"> {
  readonly compression: NumberedCompression | undefined;
}

/** The answer to one call, and the meta of its packet: the sink that its method writes to. With a stream it may have any number of messages. */
export class Answer implements Sink, PacketHead, StreamHearer {
  /** Signed, so that they are small numbers. */
  readonly idLow: number;
  readonly idHigh: number;
  prefix: Uint8Array = NONE;
  extra: Uint8Array = NONE;
  attachment: Uint8Array | undefined = undefined;
  checked: boolean = false;
  compressType: number = 0;
  /** Where the request goes. */
  request: Sink = DEAF;
  /** The request has ended. */
  heardAll: boolean = false;
  ended: boolean = false;
  /** This end of the call's stream, where the caller has offered one. */
  stream: Stream | undefined = undefined;
  readonly #owner: AnswerOwner;
  /** What the caller asks for. */
  readonly asked: BaiduHead;
  #settings: StreamSettings | undefined = undefined;
  #fields: Fields = NO_FIELDS;
  /** Without a stream: the one message, while it is not known that no other follows. */
  #only: Uint8Array | undefined = undefined;

  /** Of `id` only the correlation id is looked at, and only now. */
  constructor(owner: AnswerOwner, asked: BaiduHead, id: Pick<PacketHead, "idLow" | "idHigh">) {
    this.#owner = owner;
    this.asked = asked;
    this.idLow = id.idLow | 0;
    this.idHigh = id.idHigh | 0;
  }

  /** The caller offers a stream. */
  offered(stream: Stream, settings: StreamSettings): void {
    this.stream = stream;
    this.#settings = { ...settings };
  }

  head(fields: Fields, attachment?: Uint8Array): void {
    if (this.ended) return;
    this.attachment = attachment;
    this.#fields = fields;
    // The packet that accepts the stream has left.
    if (this.stream?.connected === true) this.#tell(OK);
  }

  message(body: Body): boolean {
    if (this.ended) return true;
    const bytes = body as Uint8Array; // codecs of this wire make bytes
    if (this.stream === undefined) return this.#hold(bytes);
    this.accept();
    return this.stream.send(bytes);
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    const { stream } = this;
    if (status.code !== "ok") this.#fail(status);
    else if (stream === undefined) {
      if (last !== undefined && this.#only !== undefined) {
        this.#hold(NONE);
        return;
      }
      this.#answer(status, (last as Uint8Array | undefined) ?? this.#only ?? NONE); // as above
    } else {
      this.accept();
      if (last !== undefined) stream.send(last as Uint8Array); // as above
      if (status.trailers.length > 0) this.#tell(status);
      stream.close();
    }
    this.ended = true;
    stream?.end();
    this.#owner.over(this);
  }

  drain(): void {
    this.stream?.read();
  }

  /** Answers that the stream is accepted, once: with a packet within the stream's first frame. */
  accept(): void {
    const { stream } = this;
    const settings = this.#settings;
    if (stream === undefined || settings === undefined || stream.connected) return;
    stream.connect(settings);
    const streamsIn = this.asked.shape === "clientStream" || this.asked.shape === "bidi";
    const own = streamSettings(stream.id, streamsIn);
    const fields = this.#fields === NO_FIELDS ? NONE : answerFields(this.#fields, OK);
    this.extra = new Uint8Array([...own, ...fields]);
    this.prefix = successPrefix(this.asked.contentType);
    const packet = new OutBuffer();
    writePacket(packet, this, NONE);
    stream.introduce(packet.view());
    packet.release();
    this.extra = NONE;
    this.attachment = undefined;
    this.#fields = NO_FIELDS;
  }

  closed(): void {
    if (this.ended || this.heardAll) return;
    this.heardAll = true;
    this.request.end(OK);
  }

  reset(): void {
    this.cut(failure("canceled", "The caller cancelled the call."));
  }

  overrun(reason: string): void {
    this.stop(failure("resource_exhausted", reason));
  }

  /** Ends the call from here: the caller and the method hear of it. */
  stop(status: Status): void {
    const { request } = this;
    this.end(status);
    request.end(status);
  }

  /** Ends the call without an answer: nobody waits for one. */
  cut(status: Status): void {
    if (this.ended) return;
    this.ended = true;
    this.stream?.end();
    this.#owner.over(this);
    this.request.end(status);
  }

  #hold(body: Uint8Array): boolean {
    if (this.#only === undefined) {
      this.#only = copyOf(body);
      return true;
    }
    this.stop(
      failure("unimplemented", `Method ${this.asked.path} answers with a stream: send stream_settings to call it.`),
    );
    return true;
  }

  #answer(status: Status, message: Uint8Array): void {
    const { compression, checksum } = this.#owner.sending;
    this.prefix = successPrefix(this.asked.contentType);
    if (checksum === true) this.checked = true;
    if (this.#fields !== NO_FIELDS || status !== OK) this.extra = answerFields(this.#fields, status);
    const bytes = packed(message, compression);
    if (compression !== undefined && bytes !== message) this.compressType = compression.number;
    this.#owner.put(this, bytes);
  }

  /** An answer beside the stream: header fields or trailers, or the error that the stream is about to be reset for. */
  #tell(status: Status): void {
    this.prefix = status.code === "ok" ? successPrefix(this.asked.contentType) : errorPrefix(status);
    this.extra = answerFields(this.#fields, status);
    this.checked = false;
    this.#fields = NO_FIELDS;
    this.#owner.put(this, NONE);
    this.attachment = undefined;
  }

  #fail(status: Status): void {
    // brpc's servers send neither message nor attachment with an error.
    this.attachment = undefined;
    this.#tell(status);
    this.stream?.reset();
  }
}

const NONE = new Uint8Array(0);
