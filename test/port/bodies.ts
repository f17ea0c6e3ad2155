/** The field of a body in JSON. */
export const JSON_TYPE = { "content-type": "application/json" };

/** The field of a body in XML. */
export const XML_TYPE = { "content-type": "text/xml" };

/** A call in XML. */
export function xmlCall(method: string, ...params: readonly string[]): string {
  const list = params.map((value) => `<param><value>${value}</value></param>`).join("");
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${list}</params></methodCall>`;
}
