import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { WebSocketSession } from "./websocket-session.js";

/**
 * The answering end of a WebSocket. It begins with the first byte after the handshake, which `upgradeOf` answers. A client that says goodbye
 * listens no more, so that its open calls are cancelled.
 */
export class WebSocketServerSession extends WebSocketSession<Session> {
  constructor(outlet: Outlet, makeInner: (outlet: Outlet) => Session, { limits }: { readonly limits: Limits }) {
    super(outlet, { side: "server", limits, makeInner, goodbye: 1001 });
  }

  protected override peerClosed(code: number): void {
    const message = `The caller closed the WebSocket (${code}).`;
    this.inner.lost({ code: "canceled", message, details: [], trailers: [] });
  }
}
