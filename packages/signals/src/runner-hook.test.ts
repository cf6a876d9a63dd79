import { describe, expect, it } from 'vitest';
import { runFixture } from '../test/run-fixture.ts';

const PROGRAM = 'sleeps-until-interrupted.ts';

describe('run() and Ctrl-C', () => {
  it('SIG-017 cancels main, runs every finally, and ends with KeyboardInterrupt and status 130', async () => {
    const program = runFixture(PROGRAM);
    await program.printed('ready');
    program.child.kill('SIGINT');
    const { out, err, status } = await program.ended();
    expect(out).toEqual(['ready', 'finally']);
    expect(err).toContain('KeyboardInterrupt');
    expect(status).toBe(130);
  });

  it('SIG-018 gives what main returns if it takes the cancellation', async () => {
    const program = runFixture(PROGRAM, 'returns');
    await program.printed('ready');
    program.child.kill('SIGINT');
    expect(await program.ended()).toMatchObject({
      out: ['ready', 'returned', 'finally'],
      status: 0,
    });
  });

  it('SIG-018 gives the error that main makes of it', async () => {
    const program = runFixture(PROGRAM, 'fails');
    await program.printed('ready');
    program.child.kill('SIGINT');
    const { err, status } = await program.ended();
    expect(err).toContain('main failed');
    expect(status).toBe(1);
  });

  it('SIG-019 leaves the loop at the second one', async () => {
    const program = runFixture(PROGRAM, 'hangs');
    await program.printed('ready');
    program.child.kill('SIGINT');
    await program.printed('finally');
    program.child.kill('SIGINT');
    const { err, status } = await program.ended();
    expect(err).toContain('KeyboardInterrupt');
    expect(status).toBe(130);
  });

  it('SIG-019 SIG-020 has the default effect at the third one, where main will not end', async () => {
    const program = runFixture(PROGRAM, 'stubborn');
    await program.printed('ready');
    program.child.kill('SIGINT');
    await program.printed('no');
    program.child.kill('SIGINT');
    // The clean-up has cancelled it once more, and waits.
    await program.printedTimes('no', 2);
    program.child.kill('SIGINT');
    const { status } = await program.ended();
    expect([status, program.child.signalCode]).toEqual([null, 'SIGINT']);
  });

  it('SIG-020 leaves SIGINT to a handler that the program adds itself', async () => {
    const program = runFixture(PROGRAM, 'own-handler');
    await program.printed('ready');
    program.child.kill('SIGINT');
    const { out, err, status } = await program.ended();
    expect(out).toEqual(['ready', 'finally']);
    expect(err).toContain('Event loop stopped before Future completed.');
    expect(status).toBe(1);
  });
});
