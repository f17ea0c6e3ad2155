import type { Body, Dispatch, Sink } from "../../src/call/sink.js";
import type { Open } from "../wirekit/world.js";

/** A way whose messages are JSON as bytes, as one whose messages are values: the kit speaks in values. */
export function jsonBodies(open: Open): Open {
  return async (server) => {
    const world = await open(server);
    const dispatch: Dispatch = (head, reply) =>
      translated(world.dispatch({ ...head, codec: "json", memo: undefined }, translated(reply, decoded)), encoded);
    return { ...world, dispatch };
  };
}

function translated(sink: Sink, translate: (body: Body) => Body): Sink {
  return {
    head: (fields) => sink.head(fields),
    message: (body) => sink.message(translate(body)),
    end: (status, last) => sink.end(status, last === undefined ? undefined : translate(last)),
    drain: () => sink.drain(),
  };
}

function encoded(body: Body): Body {
  return new TextEncoder().encode(JSON.stringify(body));
}

function decoded(body: Body): Body {
  return JSON.parse(new TextDecoder().decode(body as Uint8Array)); // this wire's bodies are bytes
}
