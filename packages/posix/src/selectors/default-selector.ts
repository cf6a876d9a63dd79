import { EpollSelector } from './epoll-selector.ts';
import { KqueueSelector } from './kqueue-selector.ts';
import { PollSelector } from './poll-selector.ts';
import type { Selector } from './selector.ts';

/**
 * The best selector of this platform: kqueue, else epoll, else poll.
 *
 * @see CPython `selectors.DefaultSelector`
 */
export const DefaultSelector: new () => Selector =
  { linux: EpollSelector, darwin: KqueueSelector }[process.platform as 'linux' | 'darwin'] ??
  PollSelector;
export type DefaultSelector = Selector;
