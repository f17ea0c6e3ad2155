import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { addJsonNames } from "./json-names.js";

/** Descriptors of services by their full names, `echo.v1.EchoService`. */
export type ServicesByName = Readonly<Record<string, DescService>>;

/**
 * The services of a descriptor set (`FileDescriptorSet` of descriptor.proto, in binary), by their full names. It holds every file after those
 * which it imports, as compilers write it; of files of one name the first counts. Throws an Error for bytes that are none.
 */
export function servicesIn(set: Uint8Array): ServicesByName {
  const message = fromBinary(FileDescriptorSetSchema, set);
  const files = new Map<string, FileDescriptorProto>();
  for (const file of message.file) if (!files.has(file.name)) files.set(file.name, file);
  message.file = [...files.values()];
  for (const file of message.file) addJsonNames(file);
  const registry = createFileRegistry(message);
  return Object.fromEntries(
    [...registry.files].flatMap(({ services }) => services.map((service) => [service.typeName, service] as const)),
  );
}
