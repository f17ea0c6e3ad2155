/** Notifications about an open call, described in README.md; `$/cancelRequest` is what the Language Server Protocol calls `rpc.cancel`. */
export const CONTROLS: ReadonlySet<string> = new Set(["rpc.message", "rpc.end", "rpc.cancel", "$/cancelRequest"]);
