import { fileURLToPath } from 'node:url';
import { openConnection, Protocol, type Transport } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { Program } from '../../test/program.ts';

const HOST = '127.0.0.1';
const CLIENTS = 60;
const fixture = fileURLToPath(
  new URL('../../test/fixtures/shares-listening-port.ts', import.meta.url),
);

class Greeting extends Protocol {
  override connectionMade(transport: Transport): void {
    transport.write(Buffer.from('parent'));
    transport.close();
  }
}

/** Who has answered a connection. */
async function whoAnswers(port: number): Promise<string> {
  const [reader, writer] = await openConnection(HOST, port);
  await using _ = writer;
  return (await reader.read()).toString();
}

describe.each(backends)('servers of two processes with %s', (name, makeLoop) => {
  it.skipIf(process.platform !== 'linux')(
    'SRV-016 share a port, each with a part of the connections (needs Linux)',
    async () => {
      await inLoop(makeLoop, async (loop) => {
        await using server = await loop.createServer(() => new Greeting(), HOST, 0, {
          reusePort: true,
        });
        const port = portOf(server);
        expect(await whoAnswers(port)).toBe('parent');
        const node = ['-C', '@loop/source', '--import', 'tsx', fixture, String(port), name];
        using child = new Program(process.execPath, node);
        await child.prints(/ready/);
        const answers: string[] = [];
        for (let client = 0; client < CLIENTS; client += 1) answers.push(await whoAnswers(port));
        expect(new Set(answers)).toEqual(new Set(['parent', 'child']));
        // One that ends leaves the port to the other.
        child.end();
        expect(await child.exits()).toBe(0);
        expect(await whoAnswers(port)).toBe('parent');
      });
    },
  );
});
