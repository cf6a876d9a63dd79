/** The names of services, from the system's own table: services(5). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ServiceProtocol = 'tcp' | 'udp';

interface Services {
  /** By `name/protocol`, aliases too. */
  readonly ports: ReadonlyMap<string, number>;
  /** By `port/protocol`. */
  readonly names: ReadonlyMap<string, string>;
}

let table: Services | null = null;

/** The port of a service, or `null` if the system knows none of that name. */
export function servicePort(name: string, protocol: ServiceProtocol): number | null {
  return services().ports.get(`${name}/${protocol}`) ?? null;
}

/** The name of the service on a port, or `null`. */
export function serviceName(port: number, protocol: ServiceProtocol): string | null {
  return services().names.get(`${port}/${protocol}`) ?? null;
}

function services(): Services {
  table ??= parseServices(readTable());
  return table;
}

/** The first line that has a name or a port counts, as in the C library. */
function parseServices(text: string): Services {
  const ports = new Map<string, number>();
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [entry = ''] = line.split('#');
    const [name, target = '', ...aliases] = entry.trim().split(/\s+/);
    const match = /^(\d+)\/(tcp|udp)$/.exec(target);
    if (match === null || name === undefined) continue;
    const [, port, protocol] = match;
    if (!names.has(target)) names.set(target, name);
    for (const each of [name, ...aliases]) {
      if (!ports.has(`${each}/${protocol}`)) ports.set(`${each}/${protocol}`, Number(port));
    }
  }
  return { ports, names };
}

function readTable(): string {
  const root = process.env['SystemRoot'] ?? String.raw`C:\Windows`;
  const path =
    process.platform === 'win32' ? join(root, 'System32/drivers/etc/services') : '/etc/services';
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Small systems have none: then there are numbers only.
    return '';
  }
}
