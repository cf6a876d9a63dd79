import { EVENT_READ, EVENT_WRITE } from '../src/selectors/selector.ts';
import { EpollSelector } from '../src/selectors/epoll-selector.ts';
import type { FileObject } from '../src/file-descriptor.ts';

/** Waits until `fileobj` is ready, for a test that has no loop. */
export function poll(fileobj: FileObject, direction: 'read' | 'write'): void {
  using selector = new EpollSelector();
  selector.register(fileobj, direction === 'read' ? EVENT_READ : EVENT_WRITE);
  if (selector.select(10).length === 0)
    throw new Error(`nothing to ${direction} within 10 seconds`);
}
