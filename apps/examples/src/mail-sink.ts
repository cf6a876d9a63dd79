/**
 * A mail server that swallows what it gets, secured by STARTTLS. On a terminal it serves until Ctrl-C; without
 * one it gets a message from a client of its own.
 *
 * What to see: `writer.startTls()` in the middle of a connection, on both sides; the reader and the writer
 * stay the same.
 */
import { KeyboardInterrupt, run } from '@loop/core';
import {
  createDefaultContext,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
  type Transport,
} from '@loop/net';
import '@loop/signals';
import { mailSink } from './mail-sink-server.ts';
import { ThrowawayCertificate } from './throwaway-certificate.ts';

const interactive = process.stdin.isTTY && process.env['CI'] === undefined;

/** Sends a line, and waits for the answer: the last of its lines has a space behind the number. */
async function ask(reader: StreamReader, writer: StreamWriter<Transport>, line: string) {
  if (line !== '') writer.write(Buffer.from(`${line}\r\n`));
  const [first] = line.split('\r\n');
  for (;;) {
    const answer = (await reader.readline()).toString().trimEnd();
    if (answer === '' || answer[3] === ' ') return console.log(`${first} -> ${answer}`);
  }
}

/** Sends a message, secured. */
async function send(port: number, cafile: string): Promise<void> {
  const [reader, writer] = await openConnection('127.0.0.1', port);
  await using _ = writer;
  for (const line of ['', 'EHLO client', 'STARTTLS']) await ask(reader, writer, line);
  await writer.startTls(createDefaultContext({ cafile }), { serverHostname: 'localhost' });
  for (const line of [
    'EHLO client',
    'MAIL FROM:<ann@example.org>',
    'RCPT TO:<bob@example.org>',
    'DATA',
    'Subject: Hello\r\n\r\nNobody else can read this.\r\n.',
    'QUIT',
  ]) {
    await ask(reader, writer, line);
  }
}

async function main({ certfile, keyfile }: ThrowawayCertificate): Promise<void> {
  const context = createDefaultContext({ purpose: 'CLIENT_AUTH', certfile, keyfile });
  const serve = mailSink(context, ({ from, to, text, secured }) => {
    const how = secured ? 'secured' : 'in plain';
    console.log(`From ${from} to ${to.join(', ')}, ${how}: ${text.length} bytes`);
  });
  await using server = await startServer(serve, '127.0.0.1', 0);
  const [, port] = server.sockets[0]!.getsockname() as [string, number];
  if (interactive) {
    console.log(`In another terminal: openssl s_client -starttls smtp -connect 127.0.0.1:${port}`);
    await server.serveForever();
  } else await send(port, certfile);
}

try {
  using certificate = new ThrowawayCertificate();
  await run(() => main(certificate));
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
}
