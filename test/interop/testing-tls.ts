import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { foreign } from "./foreign.js";

/** The name that the certificate of servers has, and that clients expect. */
const NAME = "foo.test.google.fr";

/** Paths of the certificates that all implementations of gRPC are tested with. */
interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

let found: Certificates | undefined;

/** The certificates that come with the gem of Ruby's gRPC. */
function certificates(): Certificates {
  if (found !== undefined) return found;
  const gem = execFileSync(foreign("ruby"), ["-e", "print Gem::Specification.find_by_name('grpc').gem_dir"], {
    encoding: "utf8",
  });
  const at = (name: string): string => join(gem, "src/ruby/spec/testdata", name);
  return (found = { ca: at("ca.pem"), cert: at("server1.pem"), key: at("server1.key") });
}

/** The options of our server, with TLS or without. */
export function serving(carrier: string): { readonly tls?: Omit<Certificates, "ca"> } {
  if (carrier === "plain") return {};
  const { cert, key } = certificates();
  return { tls: { cert, key } };
}

/** How our client calls. */
interface Calling {
  readonly scheme: string;
  readonly options: { readonly tls?: { readonly ca: string; readonly serverName: string } };
}

/** What a URL of ours begins with, and the client's options, with TLS or without. */
export function calling(carrier: string): Calling {
  if (carrier === "plain") return { scheme: "grpc", options: {} };
  return { scheme: "grpc+tls", options: { tls: { ca: certificates().ca, serverName: NAME } } };
}

/** What grpc-go's programs are told, with TLS or without. */
export function goFlags(carrier: string, end: "client" | "server"): readonly string[] {
  if (carrier === "plain") return [];
  const { ca, cert, key } = certificates();
  if (end === "server") return ["--use_tls", "--tls_cert_file", cert, "--tls_key_file", key];
  return ["--use_tls", "--use_test_ca", "--ca_file", ca, "--server_host_override", NAME];
}
