import type { Protocol } from "../wire.js";
import { grpcWebAsk } from "./client.js";
import { grpcWebOffer } from "./offer.js";
import { grpcWebServe } from "./server.js";

/**
 * gRPC-Web (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md): gRPC, which is handed in, by any version of HTTP, its trailers at the end of the
 * body. README.md beside this file says what it carries.
 */
export function grpcWeb({ http }: Protocol): Protocol {
  if (http === undefined) throw new Error("gRPC-Web is made of a protocol that rides HTTP.");
  return {
    name: "grpcweb",
    http: {
      ...grpcWebOffer,
      server: (dispatch, options) => grpcWebServe(http.server(dispatch, options)),
      client: (ask, options) => http.client(grpcWebAsk(ask, options), options),
    },
  };
}
