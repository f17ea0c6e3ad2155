import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Bundle, bundled } from "../web/bundled.js";

/** What a page of these tests has: the package for browsers, and contracts to call. */
const PAGE = `
  import { connect, RpcError, withOptions } from "callwire/web";
  import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
  import { Kit } from "../wirekit/service.js";
  globalThis.web = { connect, RpcError, withOptions, EchoService, Kit };
`;

/** Starts Debian's Chromium. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Opens the page that a callwire server shows to people, and adds the code of these tests to it: a page of the server's own origin. */
export async function ownPage(browser: Browser, site: Site, authority: string): Promise<Page> {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`http://${authority}/`);
  await page.addScriptTag({ url: `${site.origin}/page.js`, type: "module" });
  await page.waitForFunction("globalThis.web !== undefined");
  return page;
}

/** Opens a page of another origin. */
export async function foreignPage(browser: Browser, site: Site): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/`);
  await page.waitForFunction("globalThis.web !== undefined");
  return page;
}

/** A site with the page of these tests. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the page, and the files that a bundler makes of its code, on a port of its own. Pages of others may load them too. */
export async function startSite(): Promise<Site> {
  const { files }: Bundle = await bundled(PAGE);
  const server = createServer(({ url = "/" }, response) => {
    const file = files.get(url.slice(1));
    const type = file === undefined ? "text/html" : "text/javascript";
    response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "access-control-allow-origin": "*" });
    response.end(file ?? '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
