/*
 * What `callwire` is where it is bundled for browsers (the condition "browser" of package.json): contracts and errors, so that a module which declares a
 * contract can be shared by server and page. It lists every value that server.ts exports; a test compares the two.
 */
export { RpcError } from "./call/rpc-error.js";
export { functions } from "./contract/functions.js";
export { implement } from "./contract/implement.js";
export { bidi, clientStream, serverStream, unary } from "./contract/method.js";
export { service } from "./contract/service.js";

/** Throws, since a page cannot listen. */
export function serve(): never {
  throw new TypeError("A page cannot serve(): keep that in a module which no page imports.");
}
