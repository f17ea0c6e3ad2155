import { type Fields } from "../../call/fields.js";
import type { Body, Dispatch } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { answering } from "./http-fields.js";
import { OneMessage } from "./one-message.js";
import { XmlRpcReader } from "./reader.js";
import { RequestHeads } from "./request-heads.js";
import { faultOf } from "./status.js";
import { withSystem } from "./system.js";
import type { Writing } from "./value-writer.js";
import { answerXml, faultXml } from "./writer.js";

const XML: Fields = [["content-type", "text/xml"]];
/** Faults are answers too: HTTP has nothing to say about them (http://xmlrpc.com/spec.md, "Response format"). */
const ANSWER: HttpAnswer = { status: 200, fields: XML };

/** What the exchanges of a connection share. */
interface Serving {
  readonly dispatch: Dispatch;
  readonly options: SessionOptions;
  readonly writing: Writing;
}

/** Answers the requests of a connection, each a call in XML. The methods named `system.` are the wire's own. */
export function xmlRpcServer(dispatch: Dispatch, options: SessionOptions): HttpServe {
  const writing: Writing = {
    allowNil: options.xmlrpc?.allowNil ?? true,
    allowI8: options.xmlrpc?.allowI8 ?? true,
    maxDepth: options.limits.maxDepth,
  };
  const serving: Serving = { dispatch: withSystem(dispatch, writing), options, writing };
  return (request, out) => new ServerExchange(serving, request, out);
}

/** One request and its answer: what hears the body, and the sink that the method answers to. */
class ServerExchange extends OneMessage implements HttpIn {
  readonly #serving: Serving;
  readonly #out: HttpOut;
  readonly #heads: RequestHeads;
  #reader: XmlRpcReader | undefined;

  constructor(serving: Serving, request: HttpRequest, out: HttpOut) {
    super();
    const { limits } = serving.options;
    this.#serving = serving;
    this.#out = out;
    this.#heads = headsOf(serving, request);
    this.#reader = new XmlRpcReader({
      root: "methodCall",
      maxDepth: limits.maxDepth,
      maxMessageBytes: limits.maxMessageBytes,
      charset: this.#heads.charset,
    });
  }

  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    const reader = this.#reader;
    if (reader === undefined) return true;
    reader.push(bytes, range, last);
    // A refused body is heard to its end, since many a client writes all of it before it reads.
    if (last) this.#read(reader);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#reader = undefined;
    this.cancel(status);
  }

  #read(reader: XmlRpcReader): void {
    this.#reader = undefined;
    const call = reader.end();
    if ("code" in call) this.end(call);
    else if (this.#heads.problem !== undefined) this.end(this.#heads.problem);
    else this.call(this.#serving.dispatch, this.#heads.head(call.method), call.params);
  }

  protected override over(status: Status, body: Body): void {
    const { fields } = this;
    const plain = fields.length === 0 && status.trailers.length === 0;
    const head = plain ? ANSWER : { status: 200, fields: answering(XML, fields, status) };
    this.#out.respond(head, this.#xml(status, body));
  }

  #xml(status: Status, body: Body): string {
    if (status !== OK && status.code !== "ok") return faultXml(faultOf(status));
    try {
      return answerXml(body, this.#serving.writing);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return faultXml(faultOf(failure("internal", `The answer cannot be written as XML-RPC: ${reason}.`)));
    }
  }
}

function headsOf(serving: Serving, request: HttpRequest): RequestHeads {
  const { memo } = request;
  // Only this function owns memos by that object.
  if (memo !== undefined && memo.owner === serving) return memo.value as RequestHeads;
  const value = new RequestHeads(request, serving.options.peer);
  request.memo = { owner: serving, value };
  return value;
}
