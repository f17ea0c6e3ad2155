import { describe, expect, test } from "vitest";
import { pemFile } from "../tls/pem.js";
import { cleaningUp } from "./later.js";
import { Program, run } from "./program.js";

cleaningUp();

const SERVER = ["--tls-cert", pemFile("server.pem"), "--tls-key", pemFile("server.key")];
const QUICKSTART = ["serve", "examples/quickstart/service.ts", "--listen", "tls://127.0.0.1:0"];

describe.concurrent("callwire over TLS", () => {
  test("serves and calls, with clients' certificates where they are asked for", async () => {
    const server = new Program([...QUICKSTART, ...SERVER, "--tls-ca", pemFile("ca.pem")]);
    const [, place = ""] = await server.says(/listening on tls:\/\/(\S+)/u);
    const call = ["call", `jsonrpc+tls://${place}`, "add", "[2,3]"];
    const trusting = ["--tls-ca", pemFile("ca.pem")];
    const known = ["--tls-cert", pemFile("client.pem"), "--tls-key", pemFile("client.key")];
    const [good, unknown, distrustful, any] = await Promise.all([
      run([...call, ...trusting, ...known]),
      run([...call, ...trusting]),
      run([...call, ...known]),
      run([...call, ...known, "--insecure"]),
    ]);
    expect(good).toEqual({ code: 0, stdout: "5\n", stderr: "" });
    expect(any.stdout).toBe("5\n");
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^unavailable: /u) as string }); // a matcher
    expect(distrustful.stderr).toMatch(/^unavailable: .*certificate/u);
  });

  test("says what is missing", async () => {
    const ended = await Promise.all([
      run([...QUICKSTART, "--tls-cert", "x.pem"]),
      run([...QUICKSTART, "--tls-ca", "x.pem"]),
      run(QUICKSTART),
      run([...QUICKSTART, "--tls-cert", "/nowhere.pem", "--tls-key", pemFile("server.key")]),
    ]);
    expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual([
      expect.stringContaining("2 TLS needs a certificate and its key"),
      expect.stringContaining("give --tls-cert and --tls-key too"),
      expect.stringContaining("2 tls://127.0.0.1:0 needs a certificate"),
      expect.stringContaining('Cannot read "/nowhere.pem"'),
    ]);
  });
});
