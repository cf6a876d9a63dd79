/**
 * A source of events that a loop asks once each iteration, and that can wake it when it is idle.
 * An implementation gets the function that wakes the loop from `installPoller`.
 */
export interface Poller {
  /** Queues a handle, by `enqueueHandle`, for each thing that is ready. Never waits. */
  poll(): void;
  /** The callbacks of an iteration begin, or go on after a pause. */
  beginBatch?(): void;
  /** They have all run, or pause for microtasks. */
  endBatch?(): void;
  /**
   * The loop has nothing to do until `when`, seconds on the host's clock (`null`: no timer). From now on the
   * poller has to call `wake()`, from a macrotask of the host, as soon as anything is ready.
   *
   * @returns Whether the poller wakes the loop at `when` too; otherwise the loop sets a timer.
   */
  arm(when: number | null): boolean;
  /** The loop is busy: no `wake()` until it arms again. */
  disarm(): void;
  /** The loop closes: free everything. */
  close(): void;
}
