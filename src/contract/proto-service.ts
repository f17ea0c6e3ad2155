import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import type { Shape } from "./call.js";
import type { Method } from "./method.js";
import { checkName, type Service } from "./service.js";

/** What says what a service is: a contract of ours, or the descriptor of a protobuf service, generated or loaded at run time. */
export type Contract = Service | DescService;

/** A protobuf service as callwire sees it: its methods by the names that they have in JavaScript, and where they came from. */
export interface ProtoService<D extends DescService = DescService> extends Service {
  readonly desc: D;
}

/** The service that a contract stands for. */
export type ServiceOf<S extends Contract> = S extends Service ? S : S extends DescService ? ProtoService<S> : never;

/** The methods of a contract by the names that they have in JavaScript: ours, or descriptors of protobuf methods. */
export type MethodsOf<S extends Contract> = S extends DescService
  ? S["method"]
  : S extends ProtoService<infer D>
    ? D["method"]
    : S extends Service
      ? S["methods"]
      : never;

/** How many messages go each way in a protobuf method. */
export type ProtoShape<M extends DescMethod> = Shapes[M["methodKind"]];

/** What protobuf calls the four shapes. */
interface Shapes extends Readonly<Record<DescMethod["methodKind"], Shape>> {
  readonly unary: "unary";
  readonly server_streaming: "serverStream";
  readonly client_streaming: "clientStream";
  readonly bidi_streaming: "bidi";
}

/** A message of which nothing is known before the program runs: its fields by the names that they have in JavaScript. */
export type AnyMessage = Message & Readonly<Record<string, unknown>>;

const SHAPES: Shapes = {
  unary: "unary",
  server_streaming: "serverStream",
  client_streaming: "clientStream",
  bidi_streaming: "bidi",
};

/** Of google.protobuf.MethodOptions.IdempotencyLevel, whose names are in a part of the library that is not needed for more. */
const NO_SIDE_EFFECTS = 1;

/** The service that a contract stands for: itself, or what a descriptor describes. Throws a TypeError for a method's name that cannot be. */
export function serviceOf<S extends Contract>(contract: S): ServiceOf<S> {
  // Each of the two is what ServiceOf says of its kind of contract.
  return (isDescriptor(contract) ? made(contract) : contract) as ServiceOf<S>;
}

/** Whether the method has the option `idempotency_level = NO_SIDE_EFFECTS`. */
function isSafe({ idempotency }: DescMethod): boolean {
  const level: number = idempotency;
  return level === NO_SIDE_EFFECTS;
}

/** The descriptor of a protobuf service; undefined for any other. */
export function descriptorOf(service: Service): DescService | undefined {
  // Only serviceOf() gives services a `desc`.
  return "desc" in service ? (service as ProtoService).desc : undefined;
}

function isDescriptor(contract: Contract): contract is DescService {
  return "kind" in contract && contract.kind === "service";
}

function made(desc: DescService): ProtoService {
  const methods: Record<string, Method> = {};
  for (const proto of desc.methods) {
    checkName("method", proto.localName);
    const twin = methods[proto.localName]?.proto;
    if (twin !== undefined)
      throw new TypeError(
        `Methods ${twin.name} and ${proto.name} of ${desc.typeName} are both ${proto.localName} in JavaScript: rename one.`,
      );
    methods[proto.localName] = { shape: SHAPES[proto.methodKind], proto, noSideEffects: isSafe(proto) };
  }
  return { name: desc.typeName, methods, desc };
}
