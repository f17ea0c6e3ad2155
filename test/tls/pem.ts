import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of one of the tests' certificates or keys; pem/make.sh says what each is. */
export function pemFile(name: string): string {
  return fileURLToPath(new URL(`pem/${name}`, import.meta.url));
}

/** What it says. */
export function pem(name: string): string {
  return readFileSync(pemFile(name), "utf8");
}

/** A certificate and its key. */
export function pair(name: string): { readonly cert: string; readonly key: string } {
  return { cert: pem(`${name}.pem`), key: pem(`${name}.key`) };
}
