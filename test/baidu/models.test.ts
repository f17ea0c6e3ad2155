import { serverStream, service, unary } from "callwire";
import { connect } from "callwire/client";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { served } from "../models/served.js";

const Attached = service("test.Attached", {
  plain: unary({ input: z.unknown(), output: z.unknown() }),
  count: serverStream({ input: z.object({ to: z.number() }), output: z.number() }),
});

test.each(["pool", "threads"] as const)(
  "Attachments, JSON messages and streams reach the workers of model %s.",
  async (model) => {
    const module = new URL("fixtures/attached.mjs", import.meta.url);
    const { server } = await served(model, { workers: 1 }, module);
    const client = connect(Attached, (server.addresses[0] ?? "").replace("tcp:", "baidu:"));
    onTestFinished(() => client[Symbol.asyncDispose]());
    const heard: number[][] = [];
    const onAttachment = (bytes: Uint8Array): void => void heard.push([...bytes]);
    for (let call = 0; call < 2; call += 1)
      expect(await client.plain("é", { attachment: Uint8Array.of(1, 2), onAttachment })).toEqual({
        input: "é",
        came: 2,
      });
    expect(await client.plain(null, { onAttachment })).toEqual({ input: null, came: 0 });
    expect(heard).toEqual([[1, 2, 9], [1, 2, 9], [9]]);
    const counted: number[] = [];
    for await (const n of client.count({ to: 50 })) counted.push(n);
    expect(counted).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  },
);
