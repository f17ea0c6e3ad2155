import { existsSync } from "node:fs";
import { pathOf } from "./program.js";

/** A program that is not written for node: where it is looked for, in this order, and how it comes there. */
interface ForeignProgram {
  readonly places: readonly string[];
  readonly install: string;
}

const go = (name: string, module: string): ForeignProgram => ({
  places: [pathOf(`.tools/bin/${name}`)],
  install: `go build -o .tools/bin/${name} ${module}`,
});

const PROGRAMS = {
  ruby: { places: ["/usr/bin/ruby"], install: "apt-get install -y ruby-grpc ruby-grpc-tools" },
  // The gRPC of Debian is for the Python of Debian, whatever other there is.
  python: { places: ["/usr/bin/python3"], install: "apt-get install -y python3-grpcio" },
  goClient: go("grpc-go-client", "google.golang.org/grpc/interop/client"),
  goServer: go("grpc-go-server", "google.golang.org/grpc/interop/server"),
  grpcurl: go("grpcurl", "github.com/fullstorydev/grpcurl/cmd/grpcurl"),
  buf: {
    places: [pathOf("bench/peers/node_modules/.bin/buf")],
    install: "npm ci --ignore-scripts --prefix bench/peers",
  },
} satisfies Readonly<Record<string, ForeignProgram>>;

/** The path of a program that other people wrote. Throws an Error that says how to install it where it is missing. */
export function foreign(name: keyof typeof PROGRAMS): string {
  const { places, install }: ForeignProgram = PROGRAMS[name];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(`There is no ${places.join(" or ")}: run .ci/setup, or "${install}".`);
}
