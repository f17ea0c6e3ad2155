import { InvalidArgumentError } from "commander";

/**
 * Reads an origin as browsers send it, `SCHEME://HOST[:PORT]`, or `*` for any. Throws commander's error for anything else, which no page's origin
 * would ever equal (https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin).
 */
export function originOrAny(text: string): string {
  if (text === "*") return text;
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  // Schemes of browsers' extensions have no origin in node, and are taken as they are.
  if (text === origin || (origin === "null" && /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]+$/u.test(text))) return text;
  throw new InvalidArgumentError(
    origin === "null" ? "Write an origin, such as https://app.example.com, or *." : `Write ${origin}, as browsers do.`,
  );
}
