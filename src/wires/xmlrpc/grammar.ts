import { SCALARS, type ReadScalar } from "./scalars.js";

/** What an element is to the reader. */
export type Role =
  | "frame"
  | "methodName"
  | "name"
  | "params"
  | "fault"
  | "value"
  | "scalar"
  | "base64"
  | "struct"
  | "array";

/** What may stand in an element, and what becomes of it. */
export interface Element {
  readonly name: string;
  readonly role: Role;
  /** The elements within, by their local names. */
  readonly children: ReadonlyMap<string, Child>;
  /** The bits of the children that it has to have. */
  readonly needs: number;
  /** How its text is read (scalars). */
  readonly read?: ReadScalar;
}

/** An element within another. */
export interface Child {
  readonly element: Element;
  /** Children of one bit exclude each other, and may come once; 0: any number may. */
  readonly bit: number;
}

type Row = readonly [
  name: string,
  role: Role,
  children: readonly (readonly [name: string, bit: number])[],
  needs: number,
];

const TYPES: readonly string[] = [...SCALARS.keys(), "base64", "struct", "array"];

/** The grammar of a message (http://xmlrpc.com/spec.md), tolerant where servers are sloppy: an array without data, an answer without a value. */
const ROWS: readonly Row[] = [
  [
    "methodCall",
    "frame",
    [
      ["methodName", 1],
      ["params", 2],
    ],
    1,
  ],
  [
    "methodResponse",
    "frame",
    [
      ["params", 1],
      ["fault", 1],
    ],
    0,
  ],
  ["methodName", "methodName", [], 0],
  ["params", "params", [["param", 0]], 0],
  ["param", "frame", [["value", 1]], 1],
  ["fault", "fault", [["value", 1]], 1],
  ["value", "value", TYPES.map((type) => [type, 1] as const), 0],
  ["struct", "struct", [["member", 0]], 0],
  [
    "member",
    "frame",
    [
      ["name", 1],
      ["value", 2],
    ],
    3,
  ],
  ["name", "name", [], 0],
  ["array", "array", [["data", 1]], 0],
  ["data", "frame", [["value", 0]], 0],
  ["base64", "base64", [], 0],
  ...[...SCALARS.keys()].map((type): Row => [type, "scalar", [], 0]),
];

const ELEMENTS: ReadonlyMap<string, Element & { readonly children: Map<string, Child> }> = linked();

/** What stands around a message: the one element that the document may be. */
export function documentOf(root: "methodCall" | "methodResponse"): Element {
  // The table has both.
  const element = ELEMENTS.get(root) as Element;
  return { name: "document", role: "frame", children: new Map([[root, { element, bit: 1 }]]), needs: 1 };
}

function linked(): Map<string, Element & { readonly children: Map<string, Child> }> {
  const elements = new Map(
    ROWS.map(([name, role, , needs]) => {
      const read = SCALARS.get(name);
      const children = new Map<string, Child>();
      return [name, { name, role, needs, children, ...(read === undefined ? {} : { read }) }] as const;
    }),
  );
  for (const [name, , children] of ROWS) {
    for (const [child, bit] of children) {
      const element = elements.get(child);
      if (element !== undefined) elements.get(name)?.children.set(child, { element, bit });
    }
  }
  return elements;
}
