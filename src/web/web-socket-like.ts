/** What is needed of a WebSocket (https://websockets.spec.whatwg.org): the browser's own has it, and so has that of the npm package `ws`. */
export interface WebSocketLike {
  binaryType: string;
  /** Bytes that were said and have not left. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Stops reading, so that the peer has to wait, where that can be. */
  pause?(): void;
  resume?(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Makes WebSockets: the platform's `WebSocket`, or the one of the npm package `ws`. */
export type WebSocketMaker = new (url: string) => WebSocketLike;
