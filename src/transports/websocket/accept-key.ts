import { createHash } from "node:crypto";

/** RFC 6455 §1.3: the same for everybody, so that no other protocol answers so by chance. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What a server answers to the key of a handshake, to show that it has read it (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return createHash("sha1").update(key).update(GUID).digest("base64");
}
