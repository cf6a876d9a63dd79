import { readdirSync, readlinkSync } from 'node:fs';

/** The descriptors of this process that are sockets: to see that none is left over. */
export function openSockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith('socket:') ? [`${fd} ${target}`] : [];
    } catch {
      // The listing's own descriptor.
      return [];
    }
  });
}
