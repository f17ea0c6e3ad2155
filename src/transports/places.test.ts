import { expect, test } from "vitest";
import { tcpPlace } from "./tcp.js";
import { unixPlace } from "./unix.js";

test.each([
  ["127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["[::1]:80", { host: "::1", port: 80 }],
  [":65535", { host: "::", port: 65_535 }],
])("The TCP authority %s names a place", (authority, options) => {
  expect(tcpPlace(authority)).toEqual({ options, url: `tcp://${authority}`, scheme: "tcp" });
  expect(tcpPlace(authority, "tls")).toEqual({ options, url: `tls://${authority}`, scheme: "tls" });
});

test.each([
  "",
  "127.0.0.1",
  "localhost:",
  "localhost:65536",
  "localhost:x",
  "::1:80",
  "[::1]",
  "a:1:2",
  "localhost:-1",
  "a:8080/x",
])("The TCP authority %j names none", (authority) => {
  expect(() => tcpPlace(authority)).toThrow(/^A TCP address is HOST:PORT, and /u);
});

test("A Unix address is a path", () => {
  expect(unixPlace("/run/app.sock")).toEqual({
    options: { path: "/run/app.sock" },
    url: "unix:///run/app.sock",
    scheme: "unix",
  });
  expect(() => unixPlace("")).toThrow("A Unix address is a path, and this is empty");
});
