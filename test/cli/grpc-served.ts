import { create, toBinary } from "@bufbuild/protobuf";
import { functions, implement, RpcError, serve, type ServeOptions } from "callwire";
import { loadProto } from "callwire/proto";
import { readFileSync } from "node:fs";
import { echoService } from "../../examples/quickstart/echo.js";
import { BadRequestSchema } from "../../src/services/gen/google/rpc/error_details_pb.js";
import { later } from "./later.js";

/** The descriptors of test/proto/notes.proto, comments and all. */
export const NOTES = "test/proto/gen/notes.binpb";

const { ["test.notes.Notes"]: Notes } = await loadProto(readFileSync(NOTES));

/** Serves protobuf services, and one of plain functions, in this process until the last test has ended. Resolves with its URL. */
export async function grpcServed(options: ServeOptions = {}): Promise<string> {
  if (Notes === undefined) throw new Error(`There is no service in ${NOTES}.`);
  const notes = implement(Notes, {
    keep: () => {
      const violations = [{ field: "text", description: "It says nothing." }];
      const value = toBinary(BadRequestSchema, create(BadRequestSchema, { fieldViolations: violations }));
      const details = [{ type: "google.rpc.BadRequest", value }, { type: "no.Such", value }, { a: 1 }];
      throw new RpcError("invalid_argument", "Nothing is said.", { details });
    },
    *find({ id }) {
      yield { text: `found ${String(id)}`, author: { name: "Ada" } };
    },
  });
  const plain = functions("plain", { add: (a: number, b: number) => a + b });
  const server = await serve([notes, echoService, plain], { ...options, listen: ["tcp://127.0.0.1:0"], log: () => {} });
  later(() => server.stop({ graceMs: 0 }));
  return (server.addresses[0] ?? "").replace("tcp:", "grpc:");
}
