import { functions, serve, type ServeOptions, type Server } from "callwire";
import { connect } from "callwire/client";
import { expect, onTestFinished } from "vitest";

const sums = functions("sums", { add: (a: number, b: number) => a + b, echo: (value: unknown) => value });

/** A server with what attacks need: something to call. It is stopped when the running test ends. */
export async function target(
  options: ServeOptions = {},
): Promise<{ server: Server; address: string; logged: string[] }> {
  const logged: string[] = [];
  const log = (line: string): number => logged.push(line);
  const server = await serve([sums], { listen: ["tcp://127.0.0.1:0"], log, ...options });
  onTestFinished(async () => {
    await server.stop({ graceMs: 0 });
    expect(logged.filter((line) => line.includes("callwire itself"))).toEqual([]);
  });
  return { server, address: server.addresses[0] ?? "", logged };
}

/** Runs an attack, while others make calls to the same server: before, all the time meanwhile, and after it. */
export async function beside<T>(address: string, attack: () => Promise<T>): Promise<T> {
  const clients = ["frame", "jsonrpc", "xmlrpc"].map((wire) =>
    connect<typeof sums>("sums", address.replace("tcp:", `${wire}:`), { defaultTimeoutMs: 10_000 }),
  );
  onTestFinished(async () => {
    for (const client of clients) await client[Symbol.asyncDispose]();
  });
  const calls = async (): Promise<void> => {
    const answers = await Promise.all(clients.map((client, n) => client.add(n, 40)));
    expect(answers).toEqual([40, 41, 42]);
  };
  await calls();
  let over = false;
  const meanwhile = async (): Promise<void> => {
    do await calls();
    while (!over);
  };
  const [result] = await Promise.all([attack().finally(() => (over = true)), meanwhile()]);
  await calls();
  return result;
}
