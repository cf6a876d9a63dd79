import { execFile, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run } from '@loop/core';
import { createDefaultContext, openConnection, type Server, startServer } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { type Mail, mailSink } from './mail-sink-server.ts';
import { ThrowawayCertificate } from './throwaway-certificate.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Runs an example to its end: what it printed. */
async function output(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file]);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

/** The sink while `body` talks to it, and what it has swallowed. */
async function withSink(body: (port: number, cafile: string) => Promise<void>): Promise<Mail[]> {
  using certificate = new ThrowawayCertificate();
  const { certfile, keyfile } = certificate;
  const context = createDefaultContext({ purpose: 'CLIENT_AUTH', certfile, keyfile });
  const mails: Mail[] = [];
  await run(async () => {
    const sink = mailSink(context, (mail) => mails.push(mail));
    await using server: Server = await startServer(sink, '127.0.0.1', 0);
    const [, port] = server.sockets[0]!.getsockname() as [string, number];
    await body(port, certfile);
  });
  return mails;
}

describe.skipIf(!hasOpenssl)('examples of TLS', () => {
  it('TLS-001 TLS-003 echoes over TLS', async () => {
    expect(await output('tls-echo.ts')).toEqual([
      'Connected by TLSv1.3 with TLS_AES_256_GCM_SHA384',
      'The server said: Hello, TLS!',
      expect.stringMatching(/^A client that does not know it: self[- ]signed certificate$/),
    ]);
  });

  it('TLS-033 STR-032 receives mail over STARTTLS', async () => {
    expect(await output('mail-sink.ts')).toEqual([
      ' -> 220 localhost ESMTP sink',
      'EHLO client -> 250 STARTTLS',
      'STARTTLS -> 220 Go ahead',
      'EHLO client -> 250 localhost',
      'MAIL FROM:<ann@example.org> -> 250 OK',
      'RCPT TO:<bob@example.org> -> 250 OK',
      'DATA -> 354 End with a dot',
      'From ann@example.org to bob@example.org, secured: 44 bytes',
      'Subject: Hello -> 250 Swallowed',
      'QUIT -> 221 Bye',
    ]);
  });

  it('TLS-033 receives mail from openssl s_client -starttls smtp', async () => {
    const mails = await withSink(async (port, cafile) => {
      const connect = ['-connect', `127.0.0.1:${port}`, '-servername', 'localhost'];
      const verify = ['-CAfile', cafile, '-verify_return_error', '-crlf', '-ign_eof', '-quiet'];
      const program = spawn('openssl', ['s_client', '-starttls', 'smtp', ...connect, ...verify]);
      let printed = '';
      program.stdout.on('data', (data: Buffer) => (printed += data.toString()));
      program.stdin.write(
        'EHLO x\nMAIL FROM:<ann@example.org>\nRCPT TO:<bob@example.org>\nDATA\nHello, Bob!\n.\nQUIT\n',
      );
      const status = await new Promise((resolve) => program.on('close', resolve));
      expect(status).toBe(0);
      expect(printed).toContain('250 Swallowed');
    });
    expect(mails).toEqual([
      { from: 'ann@example.org', to: ['bob@example.org'], text: 'Hello, Bob!', secured: true },
    ]);
  });

  it('TLS-037 never takes commands slipped in behind STARTTLS for secured ones', async () => {
    const mails = await withSink(async (port) => {
      const [reader, writer] = await openConnection('127.0.0.1', port);
      await reader.readline();
      writer.write(
        Buffer.from(
          'STARTTLS\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nTrust me.\r\n.\r\n',
        ),
      );
      const answers = (await reader.read()).toString('latin1');
      expect(answers).toContain('220 Go ahead');
      expect(answers).not.toContain('250');
      writer.close();
    });
    expect(mails).toEqual([]);
  });
});
