import { NotImplementedError } from '@loop/core';
import { ProactorEventLoop } from '@loop/net';
import { expect, it } from 'vitest';

it('FD-015 a loop on the proactor watches no descriptors, and says what would', () => {
  using loop = new ProactorEventLoop();
  const calls = [
    () => loop.addReader(0, () => {}),
    () => loop.addWriter(0, () => {}),
    () => loop.removeReader(0),
    () => loop.removeWriter(0),
  ];
  for (const call of calls) {
    expect(call).toThrow(NotImplementedError);
    expect(call).toThrow('use a SelectorEventLoop');
  }
});
