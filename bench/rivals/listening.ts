import type { Server } from "node:net";

/** Lets a server of node listen, on a free port where none is given; gives back its address. */
export function listening(server: Server, port = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The server gave no address."));
      else resolve(`tcp://127.0.0.1:${address.port}`);
    });
  });
}
