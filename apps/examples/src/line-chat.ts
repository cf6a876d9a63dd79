/**
 * A chat by lines: whoever is connected sees what the others write. On a terminal it serves until Ctrl-C, for
 * `nc 127.0.0.1 PORT` in a few others; without one, two guests of its own talk.
 *
 * What to see: `for await (const line of reader)`, a task for each connection, `await using` to close it, and
 * a guest who does not read, and is asked to leave before others wait for him.
 */
import { KeyboardInterrupt, run } from '@loop/core';
import {
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
  type Transport,
} from '@loop/net';
import '@loop/signals';

type Writer = StreamWriter<Transport>;
const PATIENCE = 1 << 20;
const interactive = process.stdin.isTTY && process.env['CI'] === undefined;
const guests = new Map<Writer, string>();

/** Shows `line` to everybody but `from`. */
function tell(from: Writer, line: string): void {
  for (const [writer, name] of guests) {
    if (writer === from) continue;
    writer.write(Buffer.from(`${line}\n`));
    // drain() would have all wait for the slowest.
    if (writer.transport.getWriteBufferSize() > PATIENCE) {
      console.log(`${name} does not listen`);
      writer.transport.abort();
    }
  }
}

/** One guest, from the name to the end of the connection. */
async function welcome(reader: StreamReader, writer: Writer): Promise<void> {
  await using _ = writer;
  writer.write(Buffer.from('What is your name?\n'));
  const name = (await reader.readline()).toString().trim();
  if (name === '') return;
  guests.set(writer, name);
  tell(writer, `* ${name} comes in`);
  try {
    for await (const line of reader) tell(writer, `${name}: ${line.toString().trim()}`);
  } finally {
    guests.delete(writer);
    tell(writer, `* ${name} goes`);
  }
}

/** A guest who says one thing when he has heard another, and goes when he has heard enough. */
async function talk(port: number, name: string, cue: string, words: string, enough: string) {
  const [reader, writer] = await openConnection('127.0.0.1', port);
  await using _ = writer;
  for await (const line of reader) {
    const heard = line.toString().trim();
    console.log(`${name} sees: ${heard}`);
    if (heard === 'What is your name?') writer.write(Buffer.from(`${name}\n`));
    if (heard === cue) writer.write(Buffer.from(`${words}\n`));
    if (heard === enough) return;
  }
}

async function main(): Promise<void> {
  await using server = await startServer(welcome, '127.0.0.1', 0);
  const [, port] = server.sockets[0]!.getsockname() as [string, number];
  if (interactive) {
    console.log(`In a few other terminals: nc 127.0.0.1 ${port}. Ctrl-C ends the chat.`);
    await server.serveForever();
    return;
  }
  const ann = talk(port, 'Ann', '* Bob comes in', 'Hello, Bob!', '* Bob goes');
  while (guests.size === 0) await new Promise(setImmediate);
  await talk(port, 'Bob', 'Ann: Hello, Bob!', 'Hello, Ann.', 'Ann: Hello, Bob!');
  await ann;
}

try {
  await run(main);
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  console.log('\nInterrupted: all guests have gone.');
}
