/** An example that `pnpm start` offers. */
export interface Example {
  /** What to type: the file beside this one without `.ts`, or shorter. */
  readonly name: string;
  readonly file: string;
  /** What it shows, in one line. */
  readonly shows: string;
}

/** All of them, from the first to read to the last. The first one is what runs when nobody chooses. */
export const examples: readonly Example[] = [
  example('echo-demonstration', 'an echo server to try with nc or socat', 'echo'),
  example('hello-world', 'a callback that stops the loop'),
  example('current-date', 'a callback that schedules itself, once a second'),
  example('watch-descriptor', 'a socket watched by addReader'),
  example('signal-handlers', 'SIGINT and SIGTERM as callbacks'),
  example('run-in-executor', 'blocking and long work in the default pool, threads, processes'),
  example('other-thread', 'a job on another thread that calls the loop while it computes'),
  example('tcp-echo', 'an echo server and its client by protocols'),
  example('chat-server', 'a chat by protocols, and what back-pressure is'),
  example('port-scanner', 'open ports by Happy Eyeballs, with a progress bar'),
  example('file-server', 'files over HTTP/1.1 by sendfile, to try with curl'),
  example('line-chat', 'a chat by streams, to try with nc'),
  example('tls-echo', 'an echo server over TLS, and who trusts it'),
  example('mail-sink', 'a mail server that starts TLS in the middle of a connection'),
  example('serve-forever', 'a server until it is cancelled, and to the end of a block'),
  example('udp-echo', 'datagrams: a server and a client, a protocol each'),
  example('unix-socket', 'a server on a Unix socket, and its file'),
  example('run-build', 'commands with live output and progress, and how they are cancelled'),
  example('supervisor', 'a program that is restarted, and a shutdown within a deadline'),
  example('cluster-executor', 'an executor of one’s own, on somebody else’s cluster'),
  example('outside-extension', 'a method and a source of events for the loop, from outside'),
];

function example(stem: string, shows: string, name = stem): Example {
  return { name, file: `${stem}.ts`, shows };
}

/** The example that `choice` means: its name, the start of one, or its number in the list from 1 up. */
export function choose(choice: string): Example {
  const wanted = choice.trim();
  const byName = examples.find(({ name }) => name === wanted);
  if (byName !== undefined) return byName;
  const byNumber = /^\d+$/.test(wanted) ? examples[Number(wanted) - 1] : undefined;
  if (byNumber !== undefined) return byNumber;
  const starting = examples.filter(({ name }) => wanted !== '' && name.startsWith(wanted));
  if (starting.length === 1) return starting[0] as Example;
  const names = (starting.length > 1 ? starting : examples).map(({ name }) => name).join(', ');
  throw new RangeError(
    `Expected one of ${names}, or a number up to ${examples.length}, got "${choice}"`,
  );
}

/** The list as it is printed. */
export function listing(): string {
  const width = Math.max(...examples.map(({ name }) => name.length));
  return examples
    .map(({ name, shows }, at) => `${String(at + 1).padStart(3)}  ${name.padEnd(width)}  ${shows}`)
    .join('\n');
}
