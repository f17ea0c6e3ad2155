import { FieldReader } from "../../bytes/protobuf-fields.js";

/** Where some bytes are; nothing where `end` is `start`. */
export interface Range {
  start: number;
  end: number;
}

/** What a stream's far end said of itself (StreamSettings of streaming_rpc_meta.proto). */
export interface StreamSettings {
  /** Its id, in two halves. */
  low: number;
  high: number;
  /** It wants to hear how much has been taken of what it sends. */
  needFeedback: boolean;
  /** It takes messages. */
  writable: boolean;
}

/**
 * The meta of a call's packet (RpcMeta of brpc's baidu_rpc_meta.proto), read into one object that is used again for the next: nothing is
 * made but what is asked for. Ranges are places in the bytes that were read.
 */
export class RpcMeta {
  /** Where it lies in the bytes that were read, and in it the number of the correlation id. */
  start: number = 0;
  end: number = 0;
  idStart: number = 0;
  idEnd: number = 0;
  isRequest: boolean = false;
  isResponse: boolean = false;
  /** There is a correlation id; its 64 bits in two halves. */
  hasId: boolean = false;
  idLow: number = 0;
  idHigh: number = 0;
  compressType: number = 0;
  attachmentSize: number = 0;
  contentType: number = 0;
  checksumType: number = 0;
  checksumWithAttachment: boolean = false;
  readonly checksum: Range = { start: 0, end: 0 };
  readonly authentication: Range = { start: 0, end: 0 };
  readonly service: Range = { start: 0, end: 0 };
  readonly method: Range = { start: 0, end: 0 };
  /** The request's own message, for what is seldom there. */
  readonly request: Range = { start: 0, end: 0 };
  /** The request has a log, trace, span or request id, or a timeout, or there are user fields: what makes a head its own. */
  special: boolean = false;
  errorCode: number = 0;
  readonly errorText: Range = { start: 0, end: 0 };
  hasStream: boolean = false;
  readonly stream: StreamSettings = { low: 0, high: 0, needFeedback: false, writable: false };
  #ids = 0;
  readonly #outer: FieldReader = new FieldReader();
  readonly #inner: FieldReader = new FieldReader();

  /** A request or a successful answer whose meta says nothing of what follows it, so that others may say the same, but for the one correlation id. */
  get repeatable(): boolean {
    const { isRequest, isResponse, hasStream, errorCode } = this;
    if (isRequest === isResponse || this.#ids !== 1 || hasStream || errorCode !== 0) return false;
    const { authentication, compressType, attachmentSize, checksumType } = this;
    return (
      authentication.end === authentication.start && compressType === 0 && attachmentSize === 0 && checksumType === 0
    );
  }

  /** Reads a meta; false: the bytes are none, and only what came before the fault has been read. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#clear();
    this.start = start;
    this.end = end;
    const outer = this.#outer;
    outer.open(bytes, start, end);
    while (outer.next()) {
      const { number, kind } = outer;
      if (kind === "varint") this.#number(number);
      else if (kind === "bytes" && !this.#bytes(bytes, number)) return false;
    }
    return outer.kind !== "broken";
  }

  #clear(): void {
    this.isRequest = this.isResponse = this.hasId = this.special = this.hasStream = this.checksumWithAttachment = false;
    this.#ids =
      this.idLow =
      this.idHigh =
      this.compressType =
      this.attachmentSize =
      this.contentType =
      this.checksumType =
        0;
    this.errorCode = 0;
    this.checksum.end = this.checksum.start = this.authentication.end = this.authentication.start = 0;
    this.service.end = this.service.start = this.method.end = this.method.start = 0;
    this.errorText.end = this.errorText.start = 0;
  }

  #number(number: number): void {
    const { low, high } = this.#outer;
    if (number === 4) {
      this.hasId = true;
      this.#ids += 1;
      this.idStart = this.#outer.start;
      this.idEnd = this.#outer.end;
      this.idLow = low;
      this.idHigh = high;
    } else if (number === 3) this.compressType = low | 0;
    else if (number === 5) this.attachmentSize = low | 0;
    else if (number === 10) this.contentType = low | 0;
    else if (number === 11) this.checksumType = low | 0;
    else if (number === 13) this.checksumWithAttachment = low !== 0;
  }

  #bytes(bytes: Uint8Array, number: number): boolean {
    const { start, end } = this.#outer;
    if (number === 1) return this.#readRequest(bytes, start, end);
    if (number === 2) return this.#readResponse(bytes, start, end);
    if (number === 8) return this.#readStream(bytes, start, end);
    if (number === 7) place(this.authentication, start, end);
    else if (number === 12) place(this.checksum, start, end);
    else if (number === 9) this.special = true;
    return true;
  }

  #readRequest(bytes: Uint8Array, start: number, end: number): boolean {
    this.isRequest = true;
    place(this.request, start, end);
    const inner = this.#inner;
    inner.open(bytes, start, end);
    while (inner.next()) {
      const { number, kind } = inner;
      if (kind === "bytes" && number === 1) place(this.service, inner.start, inner.end);
      else if (kind === "bytes" && number === 2) place(this.method, inner.start, inner.end);
      else if (kind === "bytes" ? inner.end > inner.start : kind === "fixed" || inner.low !== 0 || inner.high !== 0)
        this.special = true;
    }
    return inner.kind !== "broken";
  }

  #readResponse(bytes: Uint8Array, start: number, end: number): boolean {
    this.isResponse = true;
    const inner = this.#inner;
    inner.open(bytes, start, end);
    while (inner.next()) {
      if (inner.kind === "varint" && inner.number === 1) this.errorCode = inner.low | 0;
      else if (inner.kind === "bytes" && inner.number === 2) place(this.errorText, inner.start, inner.end);
    }
    return inner.kind !== "broken";
  }

  #readStream(bytes: Uint8Array, start: number, end: number): boolean {
    this.hasStream = true;
    const { stream } = this;
    const inner = this.#inner;
    stream.low = stream.high = 0;
    stream.needFeedback = stream.writable = false;
    inner.open(bytes, start, end);
    while (inner.next()) {
      if (inner.kind !== "varint") continue;
      if (inner.number === 1) {
        stream.low = inner.low;
        stream.high = inner.high;
      } else if (inner.number === 2) stream.needFeedback = inner.low !== 0;
      else if (inner.number === 3) stream.writable = inner.low !== 0;
    }
    return inner.kind !== "broken";
  }
}

function place(range: Range, start: number, end: number): void {
  range.start = start;
  range.end = end;
}
