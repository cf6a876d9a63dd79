import { sleep } from '@loop/core';

/** Lets the loop and Node do what is on its way on this machine, and a good deal more. */
export async function turns(count = 200): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await sleep(0);
}
