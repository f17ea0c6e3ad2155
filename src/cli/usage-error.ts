/** Ends the command: its message goes to stderr as it is, and the process exits with `exitCode`, 2 (wrong usage) unless said otherwise. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
