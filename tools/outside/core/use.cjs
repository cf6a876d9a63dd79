const { run, sleep } = require('@loop/core');
const { runVirtual } = require('@loop/core/testing');
const { CancelledError } = require('@loop/core/errors');

void run(async () => await sleep(0, 'a')).then(async (first) => {
  console.log(first + (await runVirtual(() => sleep(3600, 'b'))) + 'c');
});
void CancelledError;
