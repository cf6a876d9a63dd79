/** The echo server until Ctrl-C, as `pnpm start` runs it in a terminal; prints its port first. */
import { KeyboardInterrupt, run } from '@loop/core';
import '@loop/signals';
import { listen, serve } from '../src/echo-server.ts';

try {
  await run(async () => {
    using server = listen(0);
    console.log(server.getsockname()[1]);
    await serve(server, (peer, what) => console.log(`${peer} ${what}`));
  });
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
}
