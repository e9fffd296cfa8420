type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A person has had enough (Ctrl-C); what was under way can be resumed. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Does something that Ctrl-C may cut short: `onInterrupt` cleans up once, a second Ctrl-C ends at once.
 *
 * Throws `Interrupted`, once the clean-up is done.
 */
export async function interruptible<T>(work: () => Promise<T>, onInterrupt: () => Promise<void>): Promise<T> {
  let cleaning: Promise<void> | undefined;
  const interrupt = () => {
    if (cleaning) process.exit(130);
    cleaning = onInterrupt();
    cleaning.catch(() => undefined); // awaited below
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work();
  } catch (error) {
    if (!cleaning) throw error;
    await cleaning;
    throw new Interrupted();
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** Waits for Ctrl-C or a polite kill. */
export const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    // Signal handlers alone do not keep a process up.
    const awake = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(awake);
      resolve();
    };
    for (const signal of SIGNALS) process.once(signal, end);
  });
