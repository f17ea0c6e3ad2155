import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const INSTALL = "apt-get install g++ pkg-config libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc";
const NAME = "grpc-cpp-server";

/** Where bench/ is, from its sources and from its compiled modules alike. */
const bench = ((here) => (here.includes("/dist/") ? join(here, "../../..") : join(here, "../..")))(import.meta.dirname);
const sources = join(bench, "rivals/grpc-cpp");
const tools = join(bench, "../.tools/grpc-cpp");

/** The path of the C++ server's program. */
export const GRPC_CPP_SERVER: string = join(tools, NAME);

/** Builds the C++ server, unless that is done. A sentence says what to install where it cannot be. */
export function buildGrpcCpp(): string | undefined {
  const needed = ["server.cc", "echo.proto"].map((name) => statSync(join(sources, name)).mtimeMs);
  if (existsSync(GRPC_CPP_SERVER) && statSync(GRPC_CPP_SERVER).mtimeMs > Math.max(...needed)) return undefined;
  mkdirSync(tools, { recursive: true });
  const plugin = output("sh", ["-c", "command -v grpc_cpp_plugin"]);
  const flags = output("pkg-config", ["--silence-errors", "--cflags", "--libs", "grpc++", "protobuf"]);
  if (plugin === undefined || flags === undefined) return `There is no gRPC for C++ here. Install it: ${INSTALL}.`;
  const generate = [`-I${sources}`, `--cpp_out=${tools}`, `--grpc_out=${tools}`, `--plugin=protoc-gen-grpc=${plugin}`];
  const files = [join(sources, "server.cc"), join(tools, "echo.pb.cc"), join(tools, "echo.grpc.pb.cc")];
  const compile = [
    "-O2",
    "-std=c++17",
    `-I${tools}`,
    "-o",
    GRPC_CPP_SERVER,
    ...files,
    ...flags.split(/\s+/u),
    "-pthread",
  ];
  const built =
    output("protoc", [...generate, join(sources, "echo.proto")]) !== undefined && output("g++", compile) !== undefined;
  return built ? undefined : `It did not build; what the compilers said is above. It needs: ${INSTALL}.`;
}

/** What a program prints; undefined where it fails or is not there. Its messages go to ours. */
function output(command: string, args: readonly string[]): string | undefined {
  const done = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return done.status === 0 ? done.stdout.trim() : undefined;
}
