/**
 * Cuts a stream of text into the JSON texts in it: one a line, or one after the other, each over as many lines as it likes.
 * It only finds where each ends; whether it is JSON is for JSON.parse to say.
 */
export class JsonTexts {
  #text = "";
  /** What has been looked at already. */
  #at = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Adds text; returns the JSON texts that are now whole. */
  push(chunk: string): readonly string[] {
    this.#text += chunk;
    const found: string[] = [];
    while (this.#at < this.#text.length) {
      const whole = this.#step(this.#text.charAt(this.#at));
      this.#at += 1;
      if (whole === undefined) continue;
      const end = whole === "before" ? this.#at - 1 : this.#at;
      found.push(this.#text.slice(0, end).trim());
      this.#text = this.#text.slice(end);
      this.#at -= end;
    }
    return found.filter((text) => text !== "");
  }

  /** Returns what is left when no more text comes. */
  end(): readonly string[] {
    const rest = this.#text.trim();
    this.#text = "";
    return rest === "" ? [] : [rest];
  }

  /** Looks at one character: does a text end with it, or before it? */
  #step(character: string): "here" | "before" | undefined {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === "\\") this.#escaped = true;
      else if (character === '"') {
        this.#inString = false;
        return this.#depth === 0 ? "here" : undefined;
      }
      return undefined;
    }
    if (character === '"') {
      this.#inString = true;
      return undefined;
    }
    if (character === "{" || character === "[") {
      this.#depth += 1;
      return undefined;
    }
    if (character === "}" || character === "]") {
      this.#depth = Math.max(0, this.#depth - 1);
      return this.#depth === 0 ? "here" : undefined;
    }
    return this.#depth === 0 && /\s/u.test(character) ? "before" : undefined;
  }
}
