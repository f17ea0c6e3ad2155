/**
 * Does work that Ctrl-C ends: `stop` is aborted, and the process exits with 130 when the work has come to its end. A second Ctrl-C kills.
 * Errors after `stop` is aborted, by whomever, are its consequence and are not told.
 */
export async function interruptible(work: (stop: AbortController) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const interrupted = (): void => {
    process.exitCode = 130;
    stop.abort();
  };
  process.once("SIGINT", interrupted);
  try {
    await work(stop);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", interrupted);
  }
}
