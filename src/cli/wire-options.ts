import { type Command, InvalidArgumentError, Option } from "commander";
import type { ConnectOptions, TlsClientOptions } from "../client.js";
import { milliseconds } from "./units.js";

/** The options that every command which calls a server has, as commander parses them. */
export interface WireFlags {
  readonly header?: readonly (readonly [string, string])[];
  readonly timeout?: number;
  readonly byteOrder?: "little" | "big";
  readonly framing?: "lines" | "headers";
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
  readonly insecure?: true;
  readonly proto?: readonly string[];
  readonly protoPath?: readonly string[];
}

/** Adds the options that every command which calls a server has. */
export function addWireOptions(command: Command): Command {
  return command
    .option("-H, --header <name:value>", "send a header; may be repeated", header)
    .option("--timeout <time>", "give up after 500ms, 5s or 2m; a plain number is milliseconds", milliseconds)
    .addOption(
      new Option("--byte-order <order>", "how lengths are written on the frame wire (default: little)").choices([
        "big",
        "little",
      ]),
    )
    .addOption(
      new Option("--framing <how>", "how messages are told apart on jsonrpc+tcp (default: lines)").choices([
        "headers",
        "lines",
      ]),
    )
    .option("--tls-ca <file>", "who may vouch for the server, as PEM, where the URL says +tls")
    .option("--tls-cert <file>", "the certificate to show, as PEM")
    .option("--tls-key <file>", "its key, as PEM")
    .option("--tls-server-name <name>", "the name that the server's certificate has to have")
    .option("--insecure", "take any certificate: whoever is on the way can read and change all")
    .option(
      "--proto <file>",
      "the .proto file, or descriptor set, of a protobuf service; may be repeated (default: ask the server)",
      list,
    )
    .option("--proto-path <folder>", "where .proto files and their imports are; may be repeated", list);
}

/** What connect() is to be told of these options. */
export function connectOptions(flags: WireFlags): ConnectOptions {
  const { byteOrder, framing } = flags;
  return {
    ...(byteOrder === undefined ? {} : { byteOrder }),
    ...(framing === undefined ? {} : { framing }),
    tls: tlsOptions(flags),
  };
}

function tlsOptions({ tlsCa, tlsCert, tlsKey, tlsServerName, insecure }: WireFlags): TlsClientOptions {
  return {
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
    ...(tlsCert === undefined ? {} : { cert: tlsCert }),
    ...(tlsKey === undefined ? {} : { key: tlsKey }),
    ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
    ...(insecure === true ? { rejectUnauthorized: false } : {}),
  };
}

function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function header(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const colon = text.indexOf(":");
  const pair = [text.slice(0, Math.max(0, colon)).trim(), text.slice(colon + 1).trim()] as const;
  try {
    const _checked = new Headers([[...pair]]);
  } catch {
    throw new InvalidArgumentError('Write a name and a value such as "x-user: ada".');
  }
  return [...before, pair];
}
