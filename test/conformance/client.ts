// The client under test: makes the calls that it is told of on its standard input, many at once, and says on its standard output what came of each.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ClientCall } from "./client-call.js";
import { Clients } from "./clients.js";
import { delimited, readDelimited } from "./delimited.js";
import { loadSuite } from "./messages.js";
import type { ClientRequest } from "./shapes.js";

/** Calls at once. */
const MOST = 32;

const suite = await loadSuite();
const asked = suite.message("ClientCompatRequest");
const answer = suite.message("ClientCompatResponse");
const clients = new Clients(suite);

process.once("SIGTERM", () => process.exit(0));

async function made(request: ClientRequest): Promise<void> {
  const { testName } = request;
  const result = await new ClientCall(request, suite.registry).run(clients.for(request)).then(
    (value) => ({ case: "response", value }),
    (error: unknown) => ({ case: "error", value: { message: String(error) } }),
  );
  process.stdout.write(delimited(toBinary(answer, create(answer, { testName, result }))));
}

const open = new Set<Promise<void>>();
for await (const bytes of readDelimited(process.stdin)) {
  // The descriptor says so.
  const call = made(fromBinary(asked, bytes) as unknown as ClientRequest).finally(() => open.delete(call));
  open.add(call);
  if (open.size >= MOST) await Promise.race(open);
}
await Promise.all(open);
await clients.close();
