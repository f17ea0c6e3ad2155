import { type DescExtension, type DescFile, type DescMessage, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** Finds the files that declare something, among those of services and all that they import. Made once, when somebody asks. */
export class ReflectionIndex {
  /** The services' full names, sorted. */
  readonly services: readonly string[];
  readonly #files: Map<string, DescFile> = new Map();
  readonly #symbols: Map<string, DescFile> = new Map();
  readonly #messages: Set<string> = new Set();
  /** Extensions by the full name of what they extend, then by their numbers. */
  readonly #extensions: Map<string, Map<number, DescFile>> = new Map();
  readonly #written: Map<DescFile, Uint8Array> = new Map();

  constructor(services: readonly DescService[]) {
    this.services = services.map(({ typeName }) => typeName).toSorted();
    // Of files of one name, the first counts: callers know them by their names.
    for (const file of withImports(services.map((service) => service.file))) {
      if (this.#files.has(file.proto.name)) continue;
      this.#files.set(file.proto.name, file);
      this.#addFile(file);
    }
  }

  /** The file of a name, as imports have it: `echo.proto`. */
  named(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares what has a full name: a service, a method, a message, a field, an enum, a value of one, or an extension. */
  declaring(symbol: string): DescFile | undefined {
    return this.#symbols.get(symbol.startsWith(".") ? symbol.slice(1) : symbol);
  }

  /** The file that declares the extension of a message with a number. */
  extending(message: string, number: number): DescFile | undefined {
    return this.#extensions.get(message)?.get(number);
  }

  /** The numbers of all extensions of a message, from the smallest; undefined where there is no such message. */
  extensionsOf(message: string): readonly number[] | undefined {
    const numbers = this.#extensions.get(message)?.keys();
    if (numbers === undefined) return this.#messages.has(message) ? [] : undefined;
    return [...numbers].toSorted((a, b) => a - b);
  }

  /**
   * A file as bytes, then what it imports, each behind all that import it: programs take the first for what they asked for. Files in `sent` are left out, but for the first; those that are
   * given are added to it.
   */
  bytesOf(file: DescFile, sent: Set<DescFile>): readonly Uint8Array[] {
    const files = withImports([file]).filter((each) => each === file || !sent.has(each));
    for (const each of files) sent.add(each);
    return files.map((each) => this.#bytes(each));
  }

  #bytes(file: DescFile): Uint8Array {
    const known = this.#written.get(file);
    if (known !== undefined) return known;
    const bytes = toBinary(FileDescriptorProtoSchema, file.proto);
    this.#written.set(file, bytes);
    return bytes;
  }

  #addFile(file: DescFile): void {
    const add = (...names: readonly string[]): void => {
      for (const name of names) if (!this.#symbols.has(name)) this.#symbols.set(name, file);
    };
    for (const { typeName, methods } of file.services) {
      add(typeName, ...methods.map(({ name }) => `${typeName}.${name}`));
    }
    const messages = file.messages.flatMap(withNested);
    for (const { typeName, fields, oneofs } of messages) {
      this.#messages.add(typeName);
      add(typeName, ...[...fields, ...oneofs].map(({ name }) => `${typeName}.${name}`));
    }
    for (const { typeName, values } of [...file.enums, ...messages.flatMap(({ nestedEnums }) => nestedEnums)]) {
      // Values stand beside their enum, not in it (descriptor.proto, EnumDescriptorProto).
      const scope = typeName.slice(0, typeName.lastIndexOf(".") + 1);
      add(typeName, ...values.map(({ name }) => scope + name));
    }
    for (const extension of [...file.extensions, ...messages.flatMap(({ nestedExtensions }) => nestedExtensions)]) {
      add(extension.typeName);
      this.#addExtension(extension);
    }
  }

  #addExtension({ extendee, number, file }: DescExtension): void {
    const numbers = this.#extensions.get(extendee.typeName) ?? new Map<number, DescFile>();
    if (!numbers.has(number)) numbers.set(number, file);
    this.#extensions.set(extendee.typeName, numbers);
  }
}

/** Files and what they import, each once, and before all that it imports itself. */
function withImports(files: readonly DescFile[]): readonly DescFile[] {
  const found = new Set<DescFile>();
  const ended: DescFile[] = [];
  const visit = (file: DescFile): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const dependency of file.dependencies) visit(dependency);
    ended.push(file);
  };
  for (const file of files) visit(file);
  return ended.toReversed();
}

function withNested(message: DescMessage): readonly DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}
