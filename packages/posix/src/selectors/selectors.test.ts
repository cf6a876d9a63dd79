import { NotImplementedError } from '@loop/core/errors';
import { expect, it } from 'vitest';
import { selectorSuite } from '../../test/selector-suite.ts';
import { attachSelector } from './attach-selector.ts';
import { DefaultSelector } from './default-selector.ts';
import { EpollSelector } from './epoll-selector.ts';
import { KqueueSelector } from './kqueue-selector.ts';
import { NodeSelector } from './node-selector.ts';
import { PollSelector } from './poll-selector.ts';
import { SelectSelector } from './select-selector.ts';
import type { Selector } from './selector.ts';
import '../../test/needs-ffi.ts';

selectorSuite('EpollSelector', () => new EpollSelector(), { refusesFiles: true });
selectorSuite('PollSelector', () => new PollSelector(), { refusesFiles: false });
selectorSuite('SelectSelector', () => new SelectSelector(), { refusesFiles: false });
selectorSuite('NodeSelector', () => new NodeSelector(), { refusesFiles: true });
selectorSuite('DefaultSelector', () => new DefaultSelector(), { refusesFiles: true });
selectorSuite('a PollSelector that wakes the loop', attachedPoll, { refusesFiles: true });

function attachedPoll(): Selector {
  const { selector, wake } = attachSelector(new PollSelector(), () => {});
  wake.close();
  return selector;
}

it.runIf(process.platform === 'linux')('SEL-002 DefaultSelector is epoll on Linux', () => {
  using selector = new DefaultSelector();
  expect(selector).toBeInstanceOf(EpollSelector);
  expect(() => new KqueueSelector()).toThrow(NotImplementedError);
});

if (process.platform === 'darwin') {
  selectorSuite('KqueueSelector', () => new KqueueSelector(), { refusesFiles: false });
}
