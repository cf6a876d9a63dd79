import { canSpawn } from '@loop/posix/internal';
import type { PreparedStdio } from '../stdio.ts';
import type { Child } from './child.ts';
import { startNativeChild } from './native-child.ts';
import { startNodeChild } from './node-child.ts';
import type { Command, SpawnOptions } from './spawn-options.ts';

/** Starts a program with the streams prepared for it. Errors are those of the two ways to do it. */
export function startChild(
  command: Command,
  stdio: PreparedStdio,
  options: SpawnOptions,
  byNode: boolean,
): Child | Promise<never> {
  // posix_spawn has no place for another user.
  const asOther = (options.user ?? options.group ?? null) !== null;
  return !byNode && canSpawn() && !asOther
    ? startNativeChild(command, stdio, options)
    : startNodeChild(command, stdio, options);
}
