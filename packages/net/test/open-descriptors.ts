import { readdirSync } from 'node:fs';

/** The descriptors of this process. */
export function openDescriptors(): string[] {
  return readdirSync(process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd');
}
