interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Answers one JSON-RPC request for `echo`, both as JSON text. */
export function answerOf(text: string): string {
  const { id, method, params }: Request = JSON.parse(text);
  if (method !== "echo" && method !== "bench.echo")
    return JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
  return JSON.stringify({ jsonrpc: "2.0", id, result: params[0] });
}
