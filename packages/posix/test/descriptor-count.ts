import { readdirSync, readlinkSync } from 'node:fs';

/** The open descriptors of this process with what they are open on: to see that none is left over. */
export function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      // The listing's own descriptor, and what the test runner opens by itself.
      return target.startsWith('/proc/') || target.startsWith('/') ? [] : [`${fd} ${target}`];
    } catch {
      return [];
    }
  });
}
