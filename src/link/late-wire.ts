import type { HttpOffer, HttpServerWire } from "../wires/http.js";
import { heldUntilLoaded } from "./held-request.js";
import type { Later } from "./later.js";

/**
 * Makes a wire of one whose code is loaded with the first request that is its own. `failed` is told why it cannot be; such requests are answered
 * with 500 then.
 */
export function lateWire(
  offer: HttpOffer,
  { load, failed }: Later<HttpServerWire> & { readonly failed: (error: unknown) => void },
): HttpServerWire {
  let loaded: HttpServerWire | undefined;
  return {
    ...offer,
    server(dispatch, options) {
      if (loaded !== undefined) return loaded.server(dispatch, options);
      return heldUntilLoaded({
        load: async () => (loaded = await load()).server(dispatch, options),
        // Who reads one message has the transport's limits.
        ownLimits: offer.streams ? "all" : undefined,
        failed,
      });
    },
  };
}
