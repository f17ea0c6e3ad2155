/** A question of the parent's. */
export interface Question {
  readonly id: number;
  readonly what: string;
  readonly argument: unknown;
}

/** What is said to it: the answer, or why there is none. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}

/** Answers the questions of the process that started this one, each by its name, and those of many at a time. `end` ends the conversation, and so this process. */
export function answering(answers: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on("message", (message) => {
    const { id, what, argument } = message as Question; // what SoakProcess asks
    if (what === "end") process.disconnect();
    else void answered(id, async () => await answers[what]?.(argument as never)); // each answer knows its own question
  });
}

async function answered(id: number, answer: () => Promise<unknown>): Promise<void> {
  let reply: Reply;
  try {
    reply = { id, value: await answer() };
  } catch (error) {
    reply = { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  if (process.connected) process.send?.(reply, () => {});
}
