import type { Script } from './coroutine-styles.ts';

/** What `script` throws. */
export function* caught(script: Script<unknown>): Script<unknown> {
  try {
    yield* script;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
