import { connect } from "callwire/client";
import { LARGE_LIMIT } from "../streams.js";
import { echoProto } from "./echo-proto.js";

/** What the descriptor's methods are, which has no types. */
interface EchoStreams {
  readonly repeat: (message: { text: string }) => AsyncIterable<{ text: string }>;
  readonly last: (messages: Iterable<{ text: string }>) => Promise<{ text: string }>;
  readonly copy: (message: { data: Uint8Array }) => Promise<{ data: Uint8Array }>;
}

/** A client of the streams, and of large messages, with one connection. */
export function streamsClient(address: string): EchoStreams {
  const url = address.replace(/^tcp:/u, "grpc:");
  // the descriptor has no types
  return connect(echoProto("Streams"), url, { maxMessageBytes: LARGE_LIMIT }) as unknown as EchoStreams;
}
