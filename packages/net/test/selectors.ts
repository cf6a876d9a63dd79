import {
  EpollSelector,
  NodeSelector,
  PollSelector,
  SelectSelector,
  type Selector,
} from '@loop/posix';

/** Every selector of this platform, by name: what the loop does must not depend on it. */
export const selectors: ReadonlyArray<readonly [name: string, make: () => Selector]> = [
  ...(process.platform === 'linux'
    ? ([['EpollSelector', () => new EpollSelector()]] as const)
    : []),
  ['PollSelector', () => new PollSelector()],
  ['SelectSelector', () => new SelectSelector()],
  ['NodeSelector', () => new NodeSelector()],
];
