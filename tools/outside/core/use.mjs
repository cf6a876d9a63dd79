import { run, sleep } from '@loop/core';
import { CancelledError } from '@loop/core/errors';
import { runVirtual } from '@loop/core/testing';

console.log(
  (await run(async () => await sleep(0, 'a'))) + (await runVirtual(() => sleep(3600, 'b'))) + 'c',
);
void CancelledError;
