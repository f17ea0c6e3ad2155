import { type Dispatch } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { Outlet, SessionOptions } from "../wire.js";
import { ANNOUNCEMENT, shapeNamed } from "./announcement.js";
import { Answer, type AnswerOwner, type AnswerSending } from "./answer.js";
import { numberedCompression } from "./compression.js";
import { BaiduHead, Heads } from "./heads.js";
import { HeldRequests } from "./held-requests.js";
import { KnownMetas } from "./known-metas.js";
import { oversized, type PacketPlace, readPayload } from "./payload.js";
import { readRequestIds } from "./request-ids.js";
import { BaiduSession } from "./session.js";
import { Stream } from "./stream.js";
import { FRAME, type StreamFrameMeta } from "./stream-frame.js";
import { readUserFields } from "./user-fields.js";

/** A message that is so many times as long as it may be is not worth being skipped. */
const HOPELESS = 16;

/** The answering end of a connection. Answers leave as they come, each with the correlation id of its request. */
export class BaiduServerSession extends BaiduSession implements AnswerOwner {
  override open: number = 0;
  readonly sending: AnswerSending;
  readonly #dispatch: Dispatch;
  readonly #heads: Heads;
  readonly #known: KnownMetas<BaiduHead> = new KnownMetas();
  readonly #held: HeldRequests;
  #resuming = false;
  /** Calls that did not end at once. */
  readonly #answers: Set<Answer> = new Set();
  /** Those with a stream, by this end's id of it. */
  readonly #streams: Map<number, Answer> = new Map();
  #streamIds = 0;
  /** The caller is callwire's, and has been told that this end takes cancellations. */
  #greeted = false;
  #authenticated: boolean;
  #retired = false;

  constructor(outlet: Outlet, dispatch: Dispatch, options: SessionOptions) {
    super(outlet, options);
    const { baidu } = options;
    this.#dispatch = dispatch;
    this.#heads = new Heads(options.peer);
    this.#held = new HeldRequests(options.limits.maxMessageBytes);
    this.#authenticated = baidu?.authenticate === undefined;
    this.sending = { compression: numberedCompression(options), checksum: baidu?.checksum };
  }

  over(answer: Answer): void {
    this.open -= 1;
    this.#answers.delete(answer);
    if (answer.stream !== undefined) this.#streams.delete(answer.stream.id);
    this.#goOn();
    this.unblock(this);
  }

  retire(): void {
    this.#retired = true;
  }

  tick(elapsedMs: number): void {
    this.hurry(elapsedMs);
  }

  override finish(): void {
    super.finish();
    const status = failure("canceled", "The caller closed the connection within the request.");
    // A stream cannot go on without the feedback of its reader.
    for (const answer of this.#answers) if (!answer.heardAll || answer.stream !== undefined) answer.stop(status);
  }

  lost(status: Status): void {
    this.#retired = true;
    this.#held.clear();
    for (const answer of this.#answers) answer.cut(status);
  }

  protected override recognized(): boolean {
    const { reader } = this;
    const { maxConcurrentCalls, maxMessageBytes } = this.options.limits;
    const known = this.#known;
    const head = known.find(reader.bytes, reader.metaStart, reader.metaEnd);
    if (head === undefined || this.#retired || this.open >= maxConcurrentCalls || !this.#held.empty) return false;
    if (reader.end - reader.metaEnd > maxMessageBytes) return false;
    this.#ask(new Answer(this, head, known), reader.part(reader.metaEnd, reader.end));
    return true;
  }

  protected override called(whole: boolean): void {
    const { meta, reader } = this;
    if (!whole || !meta.isRequest) this.#unreadable(whole);
    else if (this.#mayOpen && this.#held.empty) this.#take(reader);
    else if (!this.#held.add(reader, meta)) {
      reader.unread();
      this.block(this);
    }
  }

  protected override oversized(whole: boolean): void {
    if (!whole || !this.meta.isRequest) this.#unreadable(whole);
    else this.#refuse(failure("resource_exhausted", oversized(this.options.limits.maxMessageBytes)));
    if (this.reader.skipping > HOPELESS * this.options.limits.maxMessageBytes)
      this.fail("A packet is too long to be skipped.");
  }

  protected override streamOf(id: number): Stream | undefined {
    return this.#streams.get(id)?.stream;
  }

  protected override about({ type, sourceLow, sourceHigh }: StreamFrameMeta): void {
    if (type !== FRAME.rst) return;
    for (const answer of this.#answers)
      if (answer.idLow === (sourceLow | 0) && answer.idHigh === (sourceHigh | 0)) {
        answer.reset();
        return;
      }
    this.#held.drop(sourceLow, sourceHigh);
  }

  protected override introduced(): boolean {
    // The client's stream is known from the request.
    return false;
  }

  get #mayOpen(): boolean {
    return this.open < this.options.limits.maxConcurrentCalls;
  }

  /** Takes requests that wait, while there is room for more calls. */
  #goOn(): void {
    if (this.#held.empty || this.#resuming) return;
    this.#resuming = true;
    for (let packet; this.#mayOpen && (packet = this.#held.take()) !== undefined;) {
      this.meta.read(packet.bytes, packet.metaStart, packet.metaEnd);
      this.#take(packet);
    }
    this.#resuming = false;
  }

  /** Takes the request whose meta has been read. */
  #take(packet: PacketPlace): void {
    if (this.#retired)
      this.#refuse(failure("unavailable", "The server is shutting down: call another, or try again later."));
    else if (this.#authenticated || this.#authenticate()) this.#begin(packet);
  }

  /** A packet without a readable request: its caller is told, where it is known who that is. */
  #unreadable(whole: boolean): void {
    const { hasId, isResponse } = this.meta;
    if (whole && isResponse) this.fail("A server was sent an answer.");
    else if (hasId) this.#refuse(failure("invalid_argument", "The meta of the packet is no RpcMeta with a request."));
    else this.fail("The meta of a packet is no RpcMeta, and has no correlation_id to answer to.");
  }

  /** Answers the packet that is being read with an error; no method hears of it. */
  #refuse(status: Status): void {
    const answer = new Answer(this, REFUSED, this.meta);
    this.open += 1;
    answer.end(status);
  }

  #authenticate(): boolean {
    const { authentication } = this.meta;
    const { baidu, peer } = this.options;
    try {
      this.#authenticated =
        baidu?.authenticate?.(this.reader.bytes.slice(authentication.start, authentication.end), peer) !== false;
    } catch {
      // Whatever the server's own function throws, nobody has been let in.
    }
    if (this.#authenticated) return true;
    this.#refuse(
      failure("unauthenticated", "The connection's first request has no authentication_data that is accepted here."),
    );
    this.fail("The caller was not authenticated.");
    return false;
  }

  #begin(packet: PacketPlace): void {
    const { meta, options } = this;
    const { bytes } = packet;
    const method = this.#heads.find(bytes, meta);
    if (typeof method === "string") {
      this.#refuse(failure("unimplemented", method));
      return;
    }
    const payload = readPayload(packet, meta, options);
    if ("code" in payload) {
      this.#refuse(payload);
      return;
    }
    const { message, attachment } = payload;
    const head = meta.special || attachment !== undefined ? this.#ownHead(packet, method, attachment) : method;
    // An announcement is to be heard each time.
    if (meta.repeatable && !head.announced) this.#known.keep(bytes, meta, head);
    const answer = new Answer(this, head, meta);
    answer.checked = meta.checksumType !== 0;
    if (meta.hasStream) this.#openStream(answer, head, message);
    else this.#ask(answer, message);
  }

  /** Makes a call of one message. Where the method answers at once, nobody has to remember it. */
  #ask(answer: Answer, message: Uint8Array): void {
    this.open += 1;
    const request = this.#dispatch(answer.asked, answer);
    answer.request = request;
    answer.heardAll = true;
    request.end(OK, message);
    if (!answer.ended) this.#answers.add(answer);
  }

  #openStream(answer: Answer, head: BaiduHead, message: Uint8Array): void {
    this.#streamIds += 1;
    const { maxMessageBytes } = this.options.limits;
    const stream = new Stream(this, answer, { id: this.#streamIds, maxMessageBytes });
    this.open += 1;
    answer.offered(stream, this.meta.stream);
    this.#answers.add(answer);
    this.#streams.set(stream.id, answer);
    const request = this.#dispatch(head, answer);
    answer.request = stream.sink = stream.writer = request;
    if (answer.ended) return;
    // Where nobody says how many messages the request has, it has one if there is one.
    const streamsIn =
      head.shape === undefined ? message.length === 0 : head.shape === "clientStream" || head.shape === "bidi";
    if (!streamsIn) {
      answer.heardAll = true;
      request.end(OK, message);
    } else if (message.length > 0) stream.take(message);
    if (!answer.ended) answer.accept();
  }

  /** The head of a call that brings header fields, a timeout or an attachment. */
  #ownHead(packet: PacketPlace, method: BaiduHead, attachment: Uint8Array | undefined): BaiduHead {
    const { bytes, metaStart, metaEnd } = packet;
    const ids = readRequestIds(bytes, this.meta.request);
    const user = readUserFields(bytes, metaStart, metaEnd);
    const announced = user.find(([name]) => name === ANNOUNCEMENT);
    if (announced !== undefined && !this.#greeted) {
      this.#greeted = true;
      this.tell(FRAME.feedback, 0);
    }
    return new BaiduHead(method, {
      timeoutMs: ids.timeoutMs,
      fields: [...ids.fields, ...user.filter((each) => each !== announced)],
      attachment,
      shape: announced === undefined ? undefined : shapeNamed(announced[1]),
      announced: announced !== undefined,
    });
  }
}

/** What is known of a call that is refused before its method is. */
const REFUSED = new BaiduHead({ path: "", codec: "proto", peer: { address: "" }, contentType: 0 });
