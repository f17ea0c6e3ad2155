import { once } from "node:events";
import { Agent } from "node:http";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { asked } from "./asked.js";
import { JSON_TYPE, XML_TYPE, xmlCall } from "./bodies.js";
import { Outsider, placeOf } from "./outsider.js";

/** Adds two numbers by a call of `tools.add`, and returns what came back. */
export type Adding = (a: number, b: number) => Promise<unknown>;

/** The ways to call a server, each by a client that has never heard of callwire, on one connection. */
export const CALLERS: Readonly<Record<string, (address: string) => Promise<Adding>>> = {
  frame: async (address) => {
    const peer = await Outsider.to(address);
    const inTurn = oneByOne();
    return (a, b) =>
      inTurn(async () => {
        const json = JSON.stringify({ in: "tools.add", params: [a, b] });
        peer.say(`${String.fromCharCode(json.length)}\0\0\0${json}`);
        const [, body = ""] = await peer.until(/[^]\0\0\0(\{.*?\})/u);
        return (JSON.parse(body) as { result: unknown }).result; // a frame
      });
  },
  "jsonrpc over HTTP": async (address) => {
    const agent = onConnection();
    return async (a, b) => {
      const { text } = await asked(address, { agent, headers: JSON_TYPE, body: jsonText(a, b) });
      return resultIn(text);
    };
  },
  "jsonrpc over WebSocket": async (address) => {
    const socket = await webSocketTo(address);
    let id = 0;
    return async (a, b) => {
      const own = (id += 1);
      const answer = new Promise<unknown>((resolve) => {
        const hear = (data: Buffer): void => {
          const response = JSON.parse(data.toString()) as { id: number; result: unknown }; // a response
          if (response.id !== own) return;
          socket.off("message", hear);
          resolve(response.result);
        };
        socket.on("message", hear);
      });
      socket.send(jsonText(a, b, own));
      return await answer;
    };
  },
  "jsonrpc in lines": async (address) => {
    const peer = await Outsider.to(address);
    const inTurn = oneByOne();
    return (a, b) =>
      inTurn(async () => {
        peer.say(`${jsonText(a, b)}\n`);
        const [line] = await peer.until(/.*\n/u);
        return resultIn(line);
      });
  },
  "jsonrpc with Content-Length": async (address) => {
    const peer = await Outsider.to(address);
    const inTurn = oneByOne();
    return (a, b) =>
      inTurn(async () => {
        const json = jsonText(a, b);
        peer.say(`Content-Length: ${json.length}\r\n\r\n${json}`);
        const [, length = "", body = ""] = await peer.until(/Content-Length: (\d+)\r\n\r\n(\{.*?\})/u);
        return Number(length) === body.length ? resultIn(body) : body;
      });
  },
  "xmlrpc at /": async (address) => xmlCaller(address, "/"),
  "xmlrpc at /RPC2": async (address) => xmlCaller(address, "/RPC2"),
};

/** A WebSocket of npm's ws to a server, closed when the running test ends. */
export async function webSocketTo(address: string, path: string = "/"): Promise<WebSocket> {
  const place = placeOf(address);
  const url = "path" in place ? `ws+unix:${place.path}:${path}` : `ws://${place.host}:${place.port}${path}`;
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  socket.setMaxListeners(0);
  await once(socket, "open");
  return socket;
}

function xmlCaller(address: string, path: string): Adding {
  const agent = onConnection();
  return async (a, b) => {
    const body = xmlCall("tools.add", `<int>${a}</int>`, `<int>${b}</int>`);
    const { text } = await asked(address, { agent, path, headers: XML_TYPE, body });
    return Number(/<int>(-?\d+)<\/int>/u.exec(text)?.[1]);
  };
}

/** One connection, on which requests wait for each other. */
function onConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

function jsonText(a: number, b: number, id: number = 1): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools.add", params: [a, b] });
}

function resultIn(text: string): unknown {
  return (JSON.parse(text) as { result: unknown }).result; // a response
}

/** Runs one after the other, in the order in which they are asked for. */
function oneByOne(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run);
    last = next.catch(() => {});
    return next;
  };
}
