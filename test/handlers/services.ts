import { functions, implement, type Implementation } from "callwire";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";

/** What handlers serve, and what its methods noted. */
export interface Noted {
  readonly services: readonly Implementation[];
  readonly seen: string[];
}

/** Plain functions, and the echo service: `hang` waits to be given up; `count` notes what it has written, and that it has ended. */
export function noted(): Noted {
  const seen: string[] = [];
  const echo = implement(EchoService, {
    async echo({ text }, call) {
      seen.push(text);
      if (text !== "hang") return { text };
      await new Promise<void>((resolve) => call.signal.addEventListener("abort", () => resolve()));
      seen.push("given up");
      return {};
    },
    async *count({ to }) {
      try {
        for (let n = 1; n <= to; n += 1) {
          yield { n };
          seen.push(`${n}`);
        }
      } finally {
        seen.push("over");
      }
    },
    async sum(numbers) {
      let sum = 0n;
      for await (const { n } of numbers) sum += n;
      return { sum };
    },
    async *chat(messages) {
      for await (const { text } of messages) yield { text };
    },
  });
  return { services: [functions("sums", { add: (a: number, b: number) => a + b }), echo], seen };
}
