// The state of a job that was posted to a thread: one word of memory that pool and thread share, and
// change by compare-and-exchange. A job runs or is taken back, and never both.
//
//   QUEUED ── thread ──> STARTED ── thread ──> OVER
//     └────── pool ────> WITHDRAWN     └ pool ─> ABORTED ── thread ──> OVER
// @ts-check

// A word is 0 before its first job.
export const QUEUED = 1;
export const STARTED = 2;
export const ABORTED = 3;
export const WITHDRAWN = 4;
export const OVER = 5;

/** How many jobs a thread holds at most. */
export const DEPTH = 64;

/** Twice as many words as jobs: one is free before its turn comes round again. */
export const SLOTS = DEPTH * 2;
