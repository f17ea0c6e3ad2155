import type { MethodDescription, ServiceInfo } from "../../call/introspection.js";
import { type Body, type CallHead, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { capabilities } from "./capabilities.js";
import { findMethod, methodNames } from "./listing.js";
import { Multicall } from "./multicall.js";
import { OneMessage } from "./one-message.js";
import { OneRequest } from "./one-request.js";
import { signaturesOf } from "./signature.js";
import type { Writing } from "./value-writer.js";

const SERVICES = "callwire.Introspection/services";

/** A method that the wire answers by itself. */
interface SystemMethod {
  readonly help: string;
  /** The types of its answer and its parameters, for each way to call it. */
  readonly signatures: readonly (readonly string[])[];
  /** Its answer, from the services that there are; undefined: there is no method of the name that it was given. */
  readonly answer?: (services: readonly ServiceInfo[], name: string) => unknown;
}

/** The introspection that most servers of XML-RPC have (http://xmlrpc-c.sourceforge.net/introspection.html), and two that many have. */
const METHODS: ReadonlyMap<string, SystemMethod> = new Map<string, SystemMethod>([
  [
    "system.getCapabilities",
    { help: "What the server supports beyond plain XML-RPC, with the specifications of it.", signatures: [["struct"]] },
  ],
  [
    "system.listMethods",
    {
      help: "The names of all methods.",
      signatures: [["array"]],
      answer: (services) => methodNames(services, [...METHODS.keys()]),
    },
  ],
  [
    "system.methodHelp",
    {
      help: "What a method does, as text.",
      signatures: [["string", "string"]],
      answer: (services, name) => METHODS.get(name)?.help ?? helpOf(findMethod(services, name)),
    },
  ],
  [
    "system.methodSignature",
    {
      help: 'The types of a method: a list of lists, each the type of the answer and then those of the parameters, or "undef".',
      signatures: [["array", "string"]],
      answer: (services, name) => METHODS.get(name)?.signatures ?? signaturesOf(findMethod(services, name)),
    },
  ],
  [
    "system.multicall",
    {
      help: "Makes calls one after the other: takes a list of { methodName, params }, answers a list of [result] or of faults.",
      signatures: [["array", "array"]],
    },
  ],
]);

/** Puts the methods named `system.` before a Dispatch. What they tell of others they learn from its own introspection. */
export function withSystem(dispatch: Dispatch, writing: Writing): Dispatch {
  return (head, reply) => {
    const method = METHODS.get(head.path);
    if (method === undefined) return dispatch(head, reply);
    if (head.path === "system.multicall") return new Multicall(withSystem(dispatch, writing), { head, reply, writing });
    return new SystemCall(dispatch, { head, reply, method, writing });
  };
}

function helpOf(method: MethodDescription | undefined): string | undefined {
  return method === undefined ? undefined : (method.doc ?? "");
}

interface Parts {
  readonly head: CallHead;
  readonly reply: Sink;
  readonly method: SystemMethod;
  readonly writing: Writing;
}

/** One call of such a method: the sink of its request. */
class SystemCall extends OneRequest {
  readonly #dispatch: Dispatch;
  readonly #parts: Parts;
  #services: Services | undefined = undefined;

  constructor(dispatch: Dispatch, parts: Parts) {
    super();
    this.#dispatch = dispatch;
    this.#parts = parts;
  }

  protected override run(params: readonly unknown[]): void {
    const { head, reply, method, writing } = this.#parts;
    const [name] = params;
    const takes = (method.signatures[0]?.length ?? 1) - 1;
    if (params.length !== takes || (takes === 1 && typeof name !== "string")) {
      const wanted = takes === 0 ? "no arguments" : "the name of a method, as its only argument";
      reply.end(failure("invalid_argument", `Method ${head.path} takes ${wanted}.`));
    } else if (method.answer === undefined) reply.end(OK, capabilities(writing));
    else {
      this.#services = new Services({ reply, method, name: String(name) });
      this.#services.call(this.#dispatch, { ...head, path: SERVICES, memo: undefined }, []);
    }
  }

  protected override canceled(status: Status): void {
    this.#services?.cancel(status);
  }
}

/** Hears what services there are, and answers the call that asked. */
class Services extends OneMessage {
  readonly #asked: { readonly reply: Sink; readonly method: SystemMethod; readonly name: string };

  constructor(asked: { readonly reply: Sink; readonly method: SystemMethod; readonly name: string }) {
    super();
    this.#asked = asked;
  }

  protected override over(status: Status, body: Body): void {
    const { reply, method, name } = this.#asked;
    if (status.code !== "ok") {
      reply.end(status);
      return;
    }
    // Introspection answers a list of services.
    const answer = method.answer?.(body as readonly ServiceInfo[], name);
    if (answer !== undefined) reply.end(OK, answer);
    else reply.end(failure("unimplemented", `Unknown method "${name}": ask system.listMethods what there is.`));
  }
}
