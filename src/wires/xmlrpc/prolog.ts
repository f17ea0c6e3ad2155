/** Where the text before the root element is. */
type Place =
  | "text"
  | "open"
  | "bang"
  | "dash"
  | "comment"
  | "comment-"
  | "comment--"
  | "pi"
  | "pi?"
  | "root"
  | "doctype";

/** Where each character leads; what is not listed leads to `else`. What breaks XML is left to the parser, which reads it next. */
const TABLE: Readonly<Record<Place, { readonly else: Place; readonly [char: string]: Place }>> = {
  text: { "<": "open", else: "text" },
  open: { "!": "bang", "?": "pi", else: "root" },
  bang: { "-": "dash", D: "doctype", else: "root" },
  dash: { "-": "comment", else: "root" },
  comment: { "-": "comment-", else: "comment" },
  "comment-": { "-": "comment--", else: "comment" },
  "comment--": { ">": "text", else: "root" },
  pi: { "?": "pi?", else: "pi" },
  "pi?": { ">": "text", "?": "pi?", else: "pi" },
  root: { else: "root" },
  doctype: { else: "doctype" },
};

/**
 * Looks for a document type before the root element, since the parser tells of one only when it is over.
 * Behind the root's beginning the parser refuses it by itself.
 */
export class Prolog {
  #place: Place = "text";

  /** Reads on, up to the root element; true: a document type begins. */
  read(text: string): boolean {
    let place = this.#place;
    for (let at = 0; at < text.length && place !== "root" && place !== "doctype"; at += 1) {
      const row = TABLE[place];
      place = row[text.charAt(at)] ?? row.else;
    }
    this.#place = place;
    return place === "doctype";
  }
}
