import { functions, implement, RpcError, service, unary } from "callwire";
import { z } from "zod";

const noted = new Map<string, string>();

/** What programs in other languages call. */
export const interop = functions(
  "interop",
  {
    add: (a: number, b: number) => a + b,
    echo: (value: unknown) => value,
    subtract: (minuend: number, subtrahend: number) => minuend - subtrahend,
    fail: () => {
      throw new RpcError("failed_precondition", "no");
    },
    /** An error with numbers of the application's own. */
    failOwn: () => {
      const numbers = { faultCode: 42, jsonrpc: { code: 42, data: { why: "because" } } };
      throw new RpcError("unknown", "no", { details: [numbers] });
    },
    /** Keeps a text; by a notification, say. */
    note: (key: string, text: string) => void noted.set(key, text),
    noted: (key: string) => noted.get(key) ?? "",
    /** Integers beyond 32 bits, up to the ends of 64. */
    large: () => [2 ** 31, -(2 ** 31) - 1, 2 ** 40, -(2 ** 40), 2n ** 63n - 1n, -(2n ** 63n)],
    /** One beyond 64 bits. */
    huge: () => 2n ** 100n,
    numbers: () => [0, -1, 2 ** 31 - 1, -(2 ** 31), 0.1, -1.5e-300, 5e-324, 1.7976931348623157e308],
    /** Line ends that XML changes where they are not escaped. */
    lineEnds: () => "a\rb\r\nc\n\td",
    /** Waits until its caller gives up. */
    async hang(): Promise<string> {
      await new Promise<void>((resolve) => {
        this.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return "cancelled";
    },
  },
  {
    params: { subtract: ["minuend", "subtrahend"] },
    doc: { add: "Adds two numbers.", subtract: "The difference of two numbers: größer − kleiner." },
  },
);

/** A typed service: what introspection can tell the signatures of. */
const Typed = service("demo.Typed", {
  hello: unary({
    input: z.object({ name: z.string() }),
    output: z.object({ text: z.string() }),
    doc: "Greets by name.",
  }),
});

export const typed = implement(Typed, { hello: ({ name }) => ({ text: `hello ${name}` }) });
