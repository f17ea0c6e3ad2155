import { escaped } from "./scalar-text.js";
import type { Fault } from "./status.js";
import { ValueWriter, type Writing } from "./value-writer.js";

const DECLARATION = '<?xml version="1.0"?>\n';

/** Writes a call. Throws a TypeError that says where the argument stands which cannot be written: `params[0].user.age`. */
export function callXml(method: string, params: readonly unknown[], writing: Writing): string {
  const writer = new ValueWriter(writing);
  let xml = "";
  for (let i = 0; i < params.length; i += 1) xml += `<param>${writer.value(params[i], `params[${i}]`)}</param>`;
  const begin = `${DECLARATION}<methodCall${writer.rootAttributes}><methodName>${escaped(method)}</methodName>`;
  return `${begin}<params>${xml}</params></methodCall>`;
}

/** Writes an answer. Throws a TypeError that says where in `result` it cannot be written. */
export function answerXml(value: unknown, writing: Writing): string {
  const writer = new ValueWriter(writing);
  const xml = writer.value(value, "result");
  return `${DECLARATION}<methodResponse${writer.rootAttributes}><params><param>${xml}</param></params></methodResponse>`;
}

/** Writes an error answer. A fault that was made of a status can always be written. */
export function faultXml({ faultCode, faultString }: Fault): string {
  return (
    `${DECLARATION}<methodResponse><fault><value><struct>` +
    `<member><name>faultCode</name><value><int>${faultCode}</int></value></member>` +
    `<member><name>faultString</name><value><string>${escaped(faultString)}</string></value></member>` +
    `</struct></value></fault></methodResponse>`
  );
}
