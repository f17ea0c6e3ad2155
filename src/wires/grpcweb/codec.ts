/** A content type of gRPC-Web: what gRPC calls the same messages, and whether the body is text. */
export interface WebType {
  readonly grpc: string;
  readonly text: boolean;
}

/** Every content type (PROTOCOL-WEB.md, "Protocol differences vs gRPC over HTTP2"). The ones to send come before others of the same meaning. */
const TYPES: Readonly<Record<string, WebType>> = {
  "application/grpc-web+proto": { grpc: "application/grpc+proto", text: false },
  "application/grpc-web+json": { grpc: "application/grpc+json", text: false },
  "application/grpc-web": { grpc: "application/grpc", text: false },
  "application/grpc-web-text+proto": { grpc: "application/grpc+proto", text: true },
  "application/grpc-web-text+json": { grpc: "application/grpc+json", text: true },
  "application/grpc-web-text": { grpc: "application/grpc", text: true },
};

/** The content types that are gRPC-Web's. */
export const CONTENT_TYPES: readonly string[] = Object.keys(TYPES);

/** What a content type, or an entry of `accept`, means; undefined where it is none of gRPC-Web. Parameters mean nothing. */
export function webTypeOf(contentType: string): WebType | undefined {
  const name = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
}

/** The content type of gRPC-Web for one of gRPC. */
export function webNameOf(grpc: string, text: boolean): string {
  const found = CONTENT_TYPES.find((name) => TYPES[name]?.grpc === grpc && TYPES[name].text === text);
  return found ?? (text ? "application/grpc-web-text" : "application/grpc-web");
}
