import { createRegistry, type DescFile, type Registry } from "@bufbuild/protobuf";

const made: WeakMap<DescFile, Registry> = new WeakMap();

/**
 * The types that a service's file knows: its own and those of every file that it imports. By them google.protobuf.Any and extensions
 * are written as JSON (https://protobuf.dev/programming-guides/json/#any). Made once a file.
 */
export function registryOf(file: DescFile): Registry {
  const known = made.get(file);
  if (known !== undefined) return known;
  const registry = createRegistry(...filesOf(file));
  made.set(file, registry);
  return registry;
}

/** A file and what it imports, each once. */
function filesOf(file: DescFile): ReadonlySet<DescFile> {
  const files = new Set([file]);
  // A set that grows while it is walked is walked to its end.
  for (const each of files) for (const dependency of each.dependencies) files.add(dependency);
  return files;
}
