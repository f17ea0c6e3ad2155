// Runs one server module on a port: node startup-process.js PATH-OF-MODULE PORT. It ends when its stdin does.
import { pathToFileURL } from "node:url";
import type { StartServer } from "./peer.js";

const [, , path, port] = process.argv;
if (path === undefined) throw new Error("This script is started by the benchmark; run npm run bench -- startup.");
const { start }: { start: StartServer } = await import(pathToFileURL(path).href);
await start(Number(port));
process.stdin.once("end", () => process.exit()).resume(); // the benchmark is gone
