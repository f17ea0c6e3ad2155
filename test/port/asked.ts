import { once } from "node:events";
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { placeOf } from "./outsider.js";

/** A request of HTTP; what is not said is a POST to `/` without fields. */
export interface Asking {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whose connections it uses; by default it has one of its own. */
  readonly agent?: Agent;
}

/** What a server answered. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks by node's own client of HTTP, and hears the answer to its end. */
export async function asked(address: string, asking: Asking = {}): Promise<Answered> {
  const place = placeOf(address);
  const { method = "POST", path = "/", headers = {}, body, agent } = asking;
  const where = "path" in place ? { socketPath: place.path } : place;
  const sent = request({ ...where, method, path, headers, agent: agent ?? false });
  sent.end(body);
  // As node documents.
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  await once(answer, "end");
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}
