import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of CPU time that all threads of a process have had, to the nanosecond. Linux only. */
export function cpuTimeOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      nanoseconds += Number(ran);
    } catch {
      // The thread has ended since.
    }
  }
  return nanoseconds / 1e9;
}

/** Bytes of memory that a process has in use. */
export function residentMemoryOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
}
