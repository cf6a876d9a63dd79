import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

const suites = new Map([['core', { columns: ['loop', 'node', 'uvloop'] }]]);
const parse = (...args: string[]) => parseArguments(args, suites);

describe('parseArguments', () => {
  it('measures everything if only a suite is named', () => {
    expect(parse('core')).toEqual({
      suite: 'core',
      quick: false,
      only: '',
      peers: [],
      rounds: undefined,
    });
  });

  it('takes options, and the -- that a package manager may leave', () => {
    expect(
      parse('--', 'core', '--quick', '--only', 'timer', '--peers', 'loop,uvloop', '--rounds', '3'),
    ).toEqual({ suite: 'core', quick: true, only: 'timer', peers: ['loop', 'uvloop'], rounds: 3 });
  });

  it('measures nothing if help is asked for', () => {
    expect(parse('--help')).toBeNull();
  });

  it.each([
    [[], 'Expected one suite of core, got ""'],
    [['disk'], 'Expected one suite of core, got "disk"'],
    [['core', 'net'], 'Expected one suite of core, got "core net"'],
    [['core', '--peers', 'go'], 'Expected peers to be of loop, node, uvloop, got "go"'],
    [['core', '--rounds', '0'], 'Expected rounds to be an integer from 1 up, got "0"'],
    [['core', '--rounds', 'many'], 'Expected rounds to be an integer from 1 up, got "many"'],
    [['core', '--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
