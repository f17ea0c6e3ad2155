import type { MethodCodec } from "./codec.js";
import type { Route, Routes } from "./routes.js";
import type { ServerEnvironment } from "./server-call.js";
import { type CallHead, DEAF, type Dispatch, type Sink } from "./sink.js";
import { StreamCall } from "./stream-call.js";
import { failure } from "./status.js";
import { UnaryCall } from "./unary-call.js";

interface Found {
  readonly route: Route;
  readonly codec: MethodCodec;
}

/**
 * Joins the two heights on the answering side: routes, which are handlers, become a Dispatch that any wire can be given.
 * What a head asks for is looked up once and kept in its `memo`.
 */
export function serve(routes: Routes, environment: ServerEnvironment = {}): Dispatch {
  return (head, reply) => {
    const { memo } = head;
    // Only this function writes memos with these routes as their owner.
    const found = memo !== undefined && memo.owner === routes ? (memo.value as Found) : find(routes, head, reply);
    if (found === undefined) return DEAF;
    const { route, codec } = found;
    const parts = { route, codec, head, reply, environment };
    if (route.info.shape === "unary") return new UnaryCall(parts);
    const call = new StreamCall(parts);
    call.open();
    return call;
  };
}

/** Looks a head's method up, or ends the call with the reason why there is none. */
function find(routes: Routes, head: CallHead, reply: Sink): Found | undefined {
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
  const found: Found = { route, codec };
  head.memo = { owner: routes, value: found };
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
