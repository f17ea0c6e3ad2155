import type { Route, Routes } from "./routes.js";
import type { Answering, ServerEnvironment } from "./server-call.js";
import { type CallHead, DEAF, type Dispatch, type Sink } from "./sink.js";
import { StreamCall } from "./stream-call.js";
import { failure } from "./status.js";
import { UnaryCall } from "./unary-call.js";

/**
 * Joins the two heights on the answering side: routes, which are handlers, become a Dispatch that any wire can be given.
 * What a head asks for is looked up once and kept in its `memo`.
 */
export function serve(routes: Routes, environment: ServerEnvironment = {}): Dispatch {
  const serving: Serving = { routes, environment };
  return (head, reply) => {
    const { memo } = head;
    // Only find() writes memos with this owner.
    const found = memo !== undefined && memo.owner === serving ? (memo.value as Answering) : find(serving, head, reply);
    if (found === undefined) return DEAF;
    if (found.route.info.shape === "unary") return new UnaryCall(found, head, reply);
    const call = new StreamCall(found, head, reply);
    call.open();
    return call;
  };
}

/** What a Dispatch serves with, and the owner of its memos: two of the same routes may differ in their environment. */
interface Serving {
  readonly routes: Routes;
  readonly environment: ServerEnvironment;
}

/** Looks a head's method up, or ends the call with the reason why there is none. */
function find(serving: Serving, head: CallHead, reply: Sink): Answering | undefined {
  const { routes, environment } = serving;
  const route = routes.find(head.path);
  if ("code" in route) {
    reply.end(route);
    return undefined;
  }
  const reason = misfit(route, head);
  if (reason !== undefined) {
    reply.end({ ...failure("unimplemented", reason), unfit: true });
    return undefined;
  }
  const codec = route.codecs.get(head.codec);
  if (codec === undefined) {
    reply.end(failure("unimplemented", `Method ${route.info.path} cannot be called with ${head.codec} messages.`));
    return undefined;
  }
  const found: Answering = { route, codec, environment };
  head.memo = { owner: serving, value: found };
  head.out = route.out;
  head.shape ??= route.info.shape;
  return found;
}

/** Why a method is not to be called in the way that a call came. */
function misfit({ info: { path, shape }, safe: isSafe }: Route, { form, safe }: CallHead): string | undefined {
  if (form !== undefined && (form === "unary") !== (shape === "unary"))
    return `Method ${path} takes ${shape === "unary" ? "single messages, not a stream" : "streams, not a single message"}.`;
  return safe === true && !isSafe ? `Method ${path} may have side effects.` : undefined;
}
