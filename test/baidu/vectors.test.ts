import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { example } from "./echo.js";
import { bytesAt, packetsIn, said } from "./packets.js";
import { RawPeer, served } from "./served.js";

interface Vectors {
  readonly client_to_server_sessions: readonly {
    readonly name: string;
    readonly packets: readonly { readonly dir: "c2s" | "s2c"; readonly hex: string }[];
  }[];
  readonly requests_to_brpc_server: readonly {
    readonly name: string;
    readonly request: string;
    readonly response: string;
  }[];
}

const PATH = "../../src/wires/baidu/vectors/brpc-1.17-echo.json";
const vectors = JSON.parse(readFileSync(new URL(PATH, import.meta.url), "utf8")) as Vectors; // it lies beside the wire

describe("What brpc's client said is answered as brpc's server did", () => {
  test.each(vectors.client_to_server_sessions)('in the session "$name"', async ({ packets }) => {
    const { address } = await served({}, [example()]);
    const peer = RawPeer.to(address);
    for (const { dir, hex } of packets) {
      const bytes = Buffer.from(hex, "hex");
      if (dir === "c2s") peer.send(bytes);
      else {
        const [recorded] = packetsIn(bytes).packets;
        const answer = await peer.next();
        if (recorded === undefined) throw new Error("A recorded answer is whole.");
        expect(said(answer)).toEqual(said(recorded));
        expect(answer.meta.get(5) ?? []).toEqual(recorded.meta.get(5) ?? []);
        expect(bytesAt(answer.meta, 12)).toEqual(bytesAt(recorded.meta, 12));
      }
    }
  });
});

describe("Requests made by hand are answered as brpc's server did", () => {
  const answered = vectors.requests_to_brpc_server.filter(({ response }) => response !== "");
  test.each(answered)('"$name"', async ({ request, response }) => {
    const { address } = await served({}, [example()]);
    const peer = RawPeer.to(address);
    peer.send(Buffer.from(request, "hex"));
    for (const recorded of packetsIn(Buffer.from(response, "hex")).packets) {
      const answer = said(await peer.next());
      const { id, code, rest } = said(recorded);
      // Texts are for people, and ours are our own.
      expect(answer).toMatchObject({ id, code, rest });
      expect(answer.text === "").toBe(code === 0);
    }
  });

  test("A meta larger than its body ends the connection; brpc drops it without a word.", async () => {
    const { address, logged } = await served({}, [example()]);
    const peer = RawPeer.to(address);
    peer.send(
      Buffer.from(vectors.requests_to_brpc_server.find(({ response }) => response === "")?.request ?? "", "hex"),
    );
    await peer.closed;
    expect(logged.join("\n")).toMatch(/A packet of 4 bytes cannot have a meta of 100/u);
  });
});
