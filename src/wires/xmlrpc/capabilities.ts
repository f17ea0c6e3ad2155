import type { Extensions } from "./scalar-text.js";

/** What is said of one capability. */
interface Capability {
  readonly specUrl: string;
  readonly specVersion: number;
}

/** What this wire supports beyond plain XML-RPC, as `system.getCapabilities` tells it; the addresses are those that other servers name. */
export function capabilities({ allowNil }: Extensions): Readonly<Record<string, Capability>> {
  return allowNil ? { ...PLAIN, nil: NIL } : PLAIN;
}

const PLAIN: Readonly<Record<string, Capability>> = {
  xmlrpc: { specUrl: "http://www.xmlrpc.com/spec", specVersion: 1 },
  faults_interop: {
    specUrl: "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php",
    specVersion: 20_010_516,
  },
  introspection: { specUrl: "http://phpxmlrpc.sourceforge.net/doc-2/ch10.html", specVersion: 2 },
  "system.multicall": { specUrl: "http://www.xmlrpc.com/discuss/msgReader$1208", specVersion: 1 },
};
const NIL: Capability = { specUrl: "http://www.ontosys.com/xml-rpc/extensions.php", specVersion: 20_010_518 };
