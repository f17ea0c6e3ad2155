/** What a server offers, as people are to read it. */
export interface Overview {
  readonly services: readonly { readonly name: string; readonly methods: readonly MethodLine[] }[];
  readonly wires: readonly string[];
  /** Lines to paste into a terminal, with what each is. */
  readonly lines: readonly { readonly what: string; readonly line: string }[];
}

/** A method, as people are to read it. */
export interface MethodLine {
  readonly name: string;
  readonly shape: string;
  readonly doc: string;
}

/** How people call the shapes. */
const SHAPES: Readonly<Record<string, string>> = {
  unary: "unary",
  serverStream: "server stream",
  clientStream: "client stream",
  bidi: "bidi stream",
};

/** What can be pasted for a wire, at a host and port. */
const LINES: Readonly<Record<string, (authority: string) => { what: string; line: string }>> = {
  frame: (authority) => ({ what: "callwire's command line", line: `npx callwire list frame://${authority}` }),
  baidu: (authority) => ({
    what: "protobuf over TCP, with callwire's command line",
    line: `npx callwire call baidu://${authority} package.Service/Method '{}'`,
  }),
  jsonrpc: (authority) => ({
    what: "JSON-RPC, with curl",
    line: `curl -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}' http://${authority}/`,
  }),
  connect: (authority) => ({ what: "the same, by Connect", line: `npx callwire list connect://${authority}` }),
  xmlrpc: (authority) => ({
    what: "XML-RPC, with Python",
    line: `python3 -c 'import xmlrpc.client as x; print(x.ServerProxy("http://${authority}/RPC2").system.listMethods())'`,
  }),
};

/** Makes an overview of what introspection answered. `authority` is the host and port by which the reader came. */
export function overviewOf(
  services: unknown,
  place: { readonly authority: string; readonly wires: readonly string[] },
): Overview {
  // It comes from callwire.Introspection, which answers a list of services.
  const list = (services ?? []) as readonly { name: string; methods: readonly Partial<MethodLine>[] }[];
  // Nobody pastes a host that a shell could make something else of.
  const authority = /^[\w.:[\]-]+$/u.test(place.authority) ? place.authority : "localhost";
  return {
    services: list
      .filter(({ name }) => !name.startsWith("callwire."))
      .map(({ name, methods }) => ({ name, methods: methods.map(methodLine) })),
    wires: place.wires.toSorted(),
    lines: place.wires.flatMap((wire) => LINES[wire]?.(authority) ?? []),
  };
}

/** Writes an overview as plain text. */
export function textOf({ services, wires, lines }: Overview): string {
  const listed = services.map(({ name, methods }) =>
    [name, ...methods.map((method) => `  ${[method.name, method.shape, method.doc].join("  ").trimEnd()}`)].join("\n"),
  );
  const pasted = lines.map(({ what, line }) => `${what}:\n  ${line}`);
  return `${["callwire: one service, every wire.", `Wires: ${wires.join(", ")}`, ...listed, ...pasted].join("\n\n")}\n`;
}

function methodLine({ name = "", shape = "unary", doc = "" }: Partial<MethodLine>): MethodLine {
  return { name, shape: SHAPES[shape] ?? shape, doc };
}
