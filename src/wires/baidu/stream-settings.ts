import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";

/** Writes StreamSettings (streaming_rpc_meta.proto) as a field of RpcMeta: this end's id, that it wants feedback, and whether it takes messages. */
export function streamSettings(id: number, writable: boolean): Uint8Array {
  const inner = new FieldWriter();
  inner.open(new Uint8Array(3 * fieldRoom(0)), 0);
  inner.number(1, id, Math.floor(id / 2 ** 32));
  inner.number(2, 1);
  inner.number(3, writable ? 1 : 0);
  const writer = new FieldWriter();
  writer.open(new Uint8Array(fieldRoom(inner.at)), 0);
  writer.field(8, inner.bytes.subarray(0, inner.at));
  return writer.bytes.subarray(0, writer.at);
}
