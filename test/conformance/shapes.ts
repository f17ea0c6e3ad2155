/** A name and its values, as they were sent. */
export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}

/** A message of any type, written. */
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** An error to answer with, or that a call ended with. */
export interface WireError {
  readonly code: number;
  readonly message?: string;
  readonly details: readonly Any[];
}

/** What the server is to answer a call of one answer with. */
export interface UnaryDefinition {
  readonly responseHeaders: readonly Header[];
  readonly response:
    | { readonly case: "responseData"; readonly value: Uint8Array }
    | { readonly case: "error"; readonly value: WireError }
    | { readonly case: undefined };
  readonly responseTrailers: readonly Header[];
  readonly responseDelayMs: number;
}

/** What the server is to answer a call of many answers with. */
export interface StreamDefinition {
  readonly responseHeaders: readonly Header[];
  readonly responseData: readonly Uint8Array[];
  readonly responseDelayMs: number;
  readonly error?: WireError;
  readonly responseTrailers: readonly Header[];
}

/** What the server under test is told on its standard input (ServerCompatRequest). */
export interface ServerRequest {
  readonly useTls: boolean;
  readonly clientTlsCert: Uint8Array;
  readonly messageReceiveLimit: number;
  readonly serverCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
}

/** A call that the client under test is to make (ClientCompatRequest). */
export interface ClientRequest {
  readonly testName: string;
  readonly httpVersion: number;
  readonly protocol: number;
  readonly codec: number;
  readonly compression: number;
  readonly host: string;
  readonly port: number;
  readonly serverTlsCert: Uint8Array;
  readonly clientTlsCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly messageReceiveLimit: number;
  readonly service?: string;
  readonly method?: string;
  readonly streamType: number;
  readonly useGetHttpMethod: boolean;
  readonly requestHeaders: readonly Header[];
  readonly requestMessages: readonly Any[];
  readonly timeoutMs?: number;
  readonly requestDelayMs: number;
  readonly cancel?: {
    readonly cancelTiming:
      | { readonly case: "beforeCloseSend"; readonly value: object }
      | { readonly case: "afterCloseSendMs"; readonly value: number }
      | { readonly case: "afterNumResponses"; readonly value: number }
      | { readonly case: undefined };
  };
}

/** What came of it (ClientResponseResult). */
export interface ClientResult {
  readonly responseHeaders: readonly Header[];
  readonly payloads: readonly object[];
  readonly error?: WireError | undefined;
  readonly responseTrailers: readonly Header[];
  readonly numUnsentRequests: number;
}
