/** Is in the middle of many things when Ctrl-C comes: each has a `finally`, and prints when that has run. */
import { getRunningLoop, run, sleep, TaskGroup } from '@loop/core';
import { openConnection, startServer, type StreamReader, type StreamWriter } from '@loop/net';
import '@loop/signals';
import { createSubprocessExec, PIPE } from '@loop/subprocess';

async function thing(name: string, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } finally {
    // A clean-up may take its time.
    await sleep(0.01);
    console.log(`${name}: done`);
  }
}

async function serve(reader: StreamReader, writer: StreamWriter): Promise<void> {
  try {
    for await (const line of reader) {
      writer.write(line);
      await writer.drain();
    }
  } finally {
    writer.close();
  }
}

async function talk(port: number): Promise<void> {
  const [reader, writer] = await openConnection('127.0.0.1', port);
  try {
    for (;;) {
      writer.write(Buffer.from('hello\n'));
      await reader.readline();
    }
  } finally {
    writer.close();
  }
}

async function useChild(): Promise<void> {
  await using child = await createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE });
  console.log(`child ${child.pid}`);
  for (;;) {
    child.stdin?.write(Buffer.from('ping\n'));
    await child.stdout?.readline();
  }
}

await run(async () => {
  await using server = await startServer(serve, '127.0.0.1', 0);
  const [[, port] = ['', 0]] = server.sockets.map(
    (socket) => socket.getsockname() as [string, number],
  );
  await TaskGroup.run(async (group) => {
    void group.createTask(() => thing('sleep', () => sleep(3600)));
    void group.createTask(() => thing('connection', () => talk(port)));
    void group.createTask(() => thing('child', useChild));
    void group.createTask(() =>
      thing('calls', () => {
        const loop = getRunningLoop();
        const call = (): void => void loop.callLater(0, call);
        call();
        return sleep(3600);
      }),
    );
  });
});
