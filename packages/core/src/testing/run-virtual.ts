import { EventLoop } from '../loop/event-loop.ts';
import { run } from '../run/run.ts';
import type { Awaitable } from '../task/task-body.ts';
import { VirtualHost, type VirtualHostOptions } from './virtual-host.ts';

/** As `run`, on a loop with virtual time: sleeps and timeouts take none. */
export function runVirtual<T>(main: Awaitable<T>, options: VirtualHostOptions = {}): Promise<T> {
  return run(main, { loopFactory: () => new EventLoop({ host: new VirtualHost(options) }) });
}
