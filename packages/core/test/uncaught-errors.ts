/**
 * Catches what would end the process, while `body` runs.
 *
 * @returns The errors, in order, each with the event that brought it.
 */
export async function uncaughtErrors(body: () => Promise<unknown>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const outer = events.map((event) => {
    const listeners = process.listeners(event as 'uncaughtException');
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => errors.push([event, error]));
    return listeners;
  });
  try {
    await body();
    // A rejection counts as unhandled once the ticks behind it have run.
    await new Promise((resolve) => void setImmediate(resolve));
  } finally {
    events.forEach((event, index) => {
      process.removeAllListeners(event);
      for (const listener of outer[index] ?? []) process.on(event, listener);
    });
  }
  return errors;
}
