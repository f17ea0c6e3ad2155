import { describe, expect, test } from "vitest";
import { answering, goodbye, nextCall, outcome, rawGrpc } from "./raw-grpc.js";

describe("A server that says goodbye while calls are open", () => {
  test("still answers them, while new ones go over another connection", async () => {
    const { client, connection, connections } = await rawGrpc();
    const open = outcome(client.echo({ text: "old" }));
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(goodbye(id));
    await first.ping();
    const next = outcome(client.echo({ text: "new" }));
    const second = await connection(1);
    second.write(answering(await nextCall(second), "new"));
    expect(await next).toBe("new");
    first.write(answering(id, "old"));
    expect(await open).toBe("old");
    await first.closed;
    expect(connections).toHaveLength(2);
  });
});
