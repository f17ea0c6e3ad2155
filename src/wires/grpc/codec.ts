import type { CallHead } from "../../call/sink.js";

/** How messages of each content type are written. */
const TYPES: Readonly<Record<string, CallHead["codec"]>> = {
  "application/grpc": "proto",
  "application/grpc+proto": "proto",
  "application/grpc+json": "json",
};

/** The content types that are gRPC's. */
export const CONTENT_TYPES: readonly string[] = Object.keys(TYPES);

/** The encoding of a request's messages. */
export function codecOf(contentType: string): "proto" | "json" {
  return TYPES[(contentType.split(";", 1)[0] ?? "").trim().toLowerCase()] === "json" ? "json" : "proto";
}

/** The content type to send. */
export function contentTypeOf(codec: CallHead["codec"]): string {
  return codec === "json" ? "application/grpc+json" : "application/grpc+proto";
}
