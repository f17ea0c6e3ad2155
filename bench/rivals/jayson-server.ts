import { peerPackage } from "./peer-package.js";

/** As much of jayson as is used here. */
interface Jayson {
  readonly Server: new (methods: object) => { http(): unknown; tcp(): unknown };
}

/** A jayson server with the method `echo`. */
export function jaysonServer(): InstanceType<Jayson["Server"]> {
  const { Server } = peerPackage("jayson") as Jayson;
  return new Server({
    echo: (args: readonly unknown[], answer: (error: unknown, result: unknown) => void) => answer(null, args[0]),
  });
}
