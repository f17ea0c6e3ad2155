import { readFileSync } from "node:fs";
import { JsonTexts } from "./json-texts.js";
import { UsageError } from "./usage-error.js";

/** What a call is to send: one message (undefined for none at all), or a stream of them. */
export type Input = { readonly one: unknown } | { readonly many: Iterable<unknown> | AsyncIterable<unknown> };

/**
 * Reads the input of a call: JSON, `@FILE`, or `-` for stdin. Several JSON texts in a file or on stdin are a stream; with `stream`, one is too,
 * an array given as an argument is its messages, and stdin is read while the call runs. Throws a UsageError for what is no JSON.
 */
export async function inputOf(argument: string | undefined, stream: boolean): Promise<Input> {
  if (argument === undefined) return stream ? { many: [] } : { one: undefined };
  if (argument === "-")
    return stream ? { many: eachOf(process.stdin) } : severalOf(await allOf(process.stdin), "stdin");
  if (argument.startsWith("@")) {
    const messages = parseAll(textOf(argument.slice(1)), argument);
    return stream ? { many: messages } : severalOf(messages, argument);
  }
  const one = parse(argument, "The input");
  return stream ? { many: Array.isArray(one) ? one : [one] } : { one };
}

/** Reads an input that can only be one message: for commands that send it again and again. */
export async function oneOf(argument: string | undefined): Promise<unknown> {
  const input = await inputOf(argument, false);
  if ("one" in input) return input.one;
  throw new UsageError(`${argument} has several JSON texts, and one is wanted: put them into one array.`);
}

function severalOf(messages: readonly unknown[], from: string): Input {
  if (messages.length === 0) throw new UsageError(`There is no JSON in ${from}: give one, or leave the argument out.`);
  return messages.length === 1 ? { one: messages[0] } : { many: messages };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read ${JSON.stringify(path)}: ${(error as Error).message}.`); // all that node:fs throws
  }
}

async function allOf(stream: NodeJS.ReadStream): Promise<readonly unknown[]> {
  const messages: unknown[] = [];
  for await (const message of eachOf(stream)) messages.push(message);
  return messages;
}

/** The messages of stdin as they come. */
async function* eachOf(stream: NodeJS.ReadStream): AsyncGenerator<unknown, void, undefined> {
  stream.setEncoding("utf8");
  const texts = new JsonTexts();
  for await (const chunk of stream) {
    for (const text of texts.push(String(chunk))) yield parse(text, "Stdin");
  }
  for (const text of texts.end()) yield parse(text, "Stdin");
}

function parseAll(text: string, from: string): readonly unknown[] {
  const texts = new JsonTexts();
  return [...texts.push(text), ...texts.end()].map((each) => parse(each, from));
}

function parse(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    const { message } = error as SyntaxError; // all that parse throws
    const advice = /^[A-Za-z_]\w*$/u.test(text) ? ` A string has quotes of its own: '"${text}"'.` : "";
    throw new UsageError(`${from} is no JSON: ${shown} (${message}).${advice}`);
  }
}
