import { CancelledError, ValueError } from '@loop/core';
import { expect, it } from 'vitest';
import { printTo } from './print.ts';

it('print writes values as Python does', () => {
  const trace: string[] = [];
  const print = printTo(trace);
  print('text', 1, 0.5, true, false, null, undefined);
  print(['a', 1, [true, null]], "it's");
  print([`it's`, 'say "hi"']);
  print(new ValueError('x'), new ValueError(), new CancelledError(5), new CancelledError());
  expect(trace).toEqual([
    'text 1 0.5 True False None None',
    "['a', 1, [True, None]] it's",
    `["it's", 'say "hi"']`,
    "ValueError('x') ValueError() CancelledError(5) CancelledError()",
  ]);
});
