import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

/** Says on standard error when the program has handlers for both signals: it does not say so itself. */
const WATCH = `
  const missing = new Set(['SIGINT', 'SIGTERM']);
  process.on('newListener', (name) => {
    if (missing.delete(name) && missing.size === 0) setImmediate(() => console.error('handlers'));
  });`;

describe('the signal example of the document', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('EX-003 EX-004 ends on %s', async (signal) => {
    const file = new URL('signal-handlers.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [
      '--import',
      'tsx',
      '--conditions=@loop/source',
      '--import',
      `data:text/javascript,${encodeURIComponent(WATCH)}`,
      file,
    ]);
    const lines: string[] = [];
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (String(chunk).includes('handlers')) child.kill(signal);
      errors += String(chunk);
    });
    const output = createInterface(child.stdout);
    output.on('line', (line) => lines.push(line));
    const closed = Promise.all([once(child, 'close'), once(output, 'close')]);
    const [[status]] = (await closed) as [[number | null], unknown];
    expect(lines).toEqual([
      'Event loop running for 1 hour, press Ctrl+C to interrupt.',
      `pid ${child.pid}: send SIGINT or SIGTERM to exit.`,
      `got signal ${signal}: exit`,
    ]);
    expect(errors).toContain('RuntimeError: Event loop stopped before Future completed.');
    expect(status).not.toBe(0);
  });
});
