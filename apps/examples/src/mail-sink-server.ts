/** As much of SMTP as it takes to receive a message, with STARTTLS (RFC 3207). */
import {
  OSError,
  type SSLContext,
  type StreamReader,
  type StreamWriter,
  type Transport,
} from '@loop/net';

/** A message, and how it came. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secured: boolean;
}

/** What a server calls for each connection: receives mail, and hands it to `deliver`. */
export function mailSink(
  context: SSLContext,
  deliver: (mail: Mail) => void,
): (reader: StreamReader, writer: StreamWriter<Transport>) => Promise<void> {
  return async (reader, writer) => {
    await using _ = writer;
    let [from, to, secured] = ['', [] as string[], false];
    const say = (line: string): void => writer.write(Buffer.from(`${line}\r\n`));
    say('220 localhost ESMTP sink');
    for await (const line of reader) {
      const command = line.toString('latin1').trimEnd();
      const verb = command.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        say(secured ? '250 localhost' : '250-localhost\r\n250 STARTTLS');
      } else if (/^STARTTLS$/i.test(command) && !secured) {
        say('220 Go ahead');
        // Whatever the client has sent behind the command is the beginning of TLS, or ends in an error.
        if (!(await secure(writer, context))) return;
        // RFC 3207, 4.2: nothing that was said in plain counts any more.
        [from, to, secured] = ['', [], true];
      } else if (verb === 'MAIL') {
        from = addressIn(command);
        say('250 OK');
      } else if (verb === 'RCPT') {
        to.push(addressIn(command));
        say('250 OK');
      } else if (verb === 'DATA' && to.length > 0) {
        say('354 End with a dot');
        const body = (await reader.readuntil(Buffer.from('\r\n.\r\n'))).toString('latin1');
        deliver({ from, to, text: body.slice(0, -5).replaceAll('\r\n..', '\r\n.'), secured });
        [from, to] = ['', []];
        say('250 Swallowed');
      } else if (verb === 'QUIT') {
        say('221 Bye');
        return;
      } else say(verb === 'RSET' || verb === 'NOOP' ? '250 OK' : '503 Not now, or not at all');
    }
  };
}

/** `MAIL FROM:<ann@example.org>` */
function addressIn(command: string): string {
  return /<([^>]*)>/.exec(command)?.[1] ?? '';
}

/** Whether the client could be secured; that others cannot is nothing to report. */
async function secure(writer: StreamWriter<Transport>, context: SSLContext): Promise<boolean> {
  try {
    await writer.startTls(context);
    return true;
  } catch (error) {
    if (error instanceof OSError) return false;
    throw error;
  }
}
