import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { constants } from './constants.ts';
import { darwin } from './darwin.ts';
import { linux } from './linux.ts';

const program = `
import json, socket
print(json.dumps({n: int(getattr(socket, n)) for n in dir(socket)
                  if n.isupper() and isinstance(getattr(socket, n), int)}))
`;

function ofPython(): Record<string, number> | null {
  try {
    const found = execFileSync('python3', ['-c', program], { encoding: 'utf8', stdio: 'pipe' });
    return JSON.parse(found) as Record<string, number>;
  } catch {
    return null;
  }
}

const reference = ofPython();

it.skipIf(reference === null)(
  'the constants have the values of the C headers, as Python has them (needs python3)',
  () => {
    // SOMAXCONN depends on the headers that Python was built with.
    const known = Object.entries(constants).filter(
      ([name, value]) => value !== -1 && name !== 'SOMAXCONN' && name in reference!,
    );
    expect(known.length).toBeGreaterThan(90);
    for (const [name, value] of known) expect([name, value]).toEqual([name, reference![name]]);
  },
);

it('every platform has a value for every constant', () => {
  expect(Object.keys(darwin)).toEqual(Object.keys(linux));
  expect(Object.values(constants).every(Number.isInteger)).toBe(true);
});
