import type { DescEnum, DescFile, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";

/** What a .proto file declares under a full name, as far as people ask for it. */
export type Declaration = DescService | DescMethod | DescMessage | DescEnum;

/** Finds what has a full name in files and all that they import: `echo.v1.EchoService`, a method behind it after a dot or a slash, a message, an enum. */
export function declarationIn(files: Iterable<DescFile>, name: string): Declaration | undefined {
  const symbol = name.replace(/^[./]/u, "").replace("/", ".");
  const seen = new Set(files);
  // A set that grows while it is walked is walked to its end.
  for (const file of seen) {
    for (const dependency of file.dependencies) seen.add(dependency);
    for (const each of declarationsOf(file)) if (nameOf(each) === symbol) return each;
  }
  return undefined;
}

/** Its full name, a method's with a dot. */
function nameOf(declaration: Declaration): string {
  return declaration.kind === "rpc" ? `${declaration.parent.typeName}.${declaration.name}` : declaration.typeName;
}

function declarationsOf({ services, messages, enums }: DescFile): readonly Declaration[] {
  return [...services.flatMap((service) => [service, ...service.methods]), ...messages.flatMap(inMessage), ...enums];
}

function inMessage(message: DescMessage): readonly Declaration[] {
  return [message, ...message.nestedMessages.flatMap(inMessage), ...message.nestedEnums];
}
