import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import type { ModelName } from "../../src/models/model-names.js";
import type { Server } from "../../src/server.js";
import { frame } from "../../src/wires/frame/wire.js";
import { dialled, networkTo } from "../matrix/worlds.js";
import { wireKit } from "../wirekit.js";
import { type Open, still } from "../wirekit/world.js";
import { fileWitness } from "./file-witness.js";
import { fixture, serveBuilt } from "./served.js";

/** Models under which the second call of a connection waits for the first. */
const ONE_AT_A_TIME: readonly ModelName[] = ["single", "threads", "processes", "prefork"];

/** Runs the kit under models, frames over TCP. */
export function modelKit(models: readonly ModelName[]): void {
  const folder = mkdtempSync(join(tmpdir(), "callwire-kit-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const model of models)
    describe(`Model ${model}`, () => {
      const { open, stop } = overModel(model, folder);
      afterAll(stop);
      wireKit("Frames over TCP", open, { buffered: true, interleaved: !ONE_AT_A_TIME.includes(model) });
    });
}

/** One connection to a server of a model, which is started once for all tests: its workers load the kit as a module. */
function overModel(model: ModelName, folder: string): { open: Open; stop: () => Promise<void> } {
  const file = join(folder, model);
  const seen = fileWitness(file);
  let server: Promise<Server> | undefined;
  const start = (): Promise<Server> => {
    writeFileSync(file, "");
    process.env["CALLWIRE_TEST_WITNESS"] = file;
    // A module of its own for each, where several are loaded in one process.
    return serveBuilt(fixture(`kit.ts?${model}`), { model, workers: 2, listen: ["tcp://127.0.0.1:0"], log: () => {} });
  };
  return {
    async open(kit) {
      server ??= start();
      const { addresses, counters } = await server;
      truncateSync(file);
      Object.assign(kit.seen, seen);
      const network = await networkTo(addresses[0] ?? "");
      const { near, session } = await dialled(network.address, frame);
      return {
        dispatch: session.dispatch,
        sever: network.sever,
        close: async () => {
          near.destroy();
          await network.close();
          await still(() => counters.open);
        },
      };
    },
    stop: async () => (await server)?.stop({ graceMs: 0 }),
  };
}
