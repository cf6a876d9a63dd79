import { randomUUID } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timeout } from '@loop/core';
import { openConnection } from '@loop/net';
import { expectBytes, expectEqual, type Scenario } from '../scenario.ts';

export const fileScenarios: readonly Scenario[] = [
  {
    name: 'sendfile',
    weight: 3,
    async run({ loop, folder, tcpPort, tlsPort, trust }, random) {
      const content = random.bytes(random.size(300_000));
      const path = join(folder, randomUUID());
      await writeFile(path, content);
      await using file = await open(path);
      const offset = random.integer(0, content.length);
      const secure = random.chance(0.3);
      const [reader, writer] = secure
        ? await openConnection('127.0.0.1', tlsPort, { ssl: trust, serverHostname: 'localhost' })
        : await openConnection('127.0.0.1', tcpPort);
      try {
        await timeout(60, async () => {
          const sent = await loop.sendfile(writer.transport, file, offset);
          expectEqual(sent, content.length - offset, 'the bytes that sendfile sent');
          expectBytes(await reader.readexactly(sent), content.subarray(offset), 'sendfile');
        });
      } finally {
        if (random.chance(0.3)) writer.transport.abort();
        else writer.close();
      }
    },
  },
];
