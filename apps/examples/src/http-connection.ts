/**
 * One connection of the file server: reads requests, answers one after the other. GET and HEAD, byte ranges,
 * keep-alive and pipelining; what it does not understand it refuses.
 */
import { open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { getRunningLoop, type Task, wrapFuture } from '@loop/core';
import { Protocol, type Transport } from '@loop/net';

const MOST_HEAD = 16 * 1024;
const PATIENCE = 30;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  416: 'Range Not Satisfiable',
  431: 'Request Header Fields Too Large',
  505: 'HTTP Version Not Supported',
};

interface Request {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: ReadonlyMap<string, string>;
}

export class HttpConnection extends Protocol {
  readonly #root: string;
  #transport!: Transport;
  #received = Buffer.alloc(0);
  #answering: Task | null = null;
  #ended = false;
  #idle = getRunningLoop().callLater(PATIENCE, () => this.#transport.close());

  /** @param root - The folder whose files are served, and nothing outside of it. */
  constructor(root: string) {
    super();
    this.#root = root;
  }

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    // Who sends requests faster than they are answered has to wait.
    if (this.#received.length > MOST_HEAD) this.#transport.pauseReading();
    this.#next();
  }

  override eofReceived(): boolean {
    this.#ended = true;
    return this.#answering !== null;
  }

  override connectionLost(): void {
    this.#idle.cancel();
    this.#answering?.cancel();
  }

  /** Begins to answer the next request, if it is there and the last one is answered. */
  #next(): void {
    if (this.#answering !== null || this.#transport.isClosing()) return;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end > MOST_HEAD || (end < 0 && this.#received.length > MOST_HEAD)) {
      this.#refuse(431);
      return;
    }
    if (end < 0) {
      if (this.#ended) this.#transport.close();
      return;
    }
    const request = parse(this.#received.toString('latin1', 0, end));
    this.#received = this.#received.subarray(end + 4);
    this.#idle.cancel();
    this.#answering = getRunningLoop().createTask(() => this.#answer(request));
    this.#answering.addDoneCallback((task) => this.#answered(task));
  }

  #answered(task: { cancelled(): boolean; exception(): unknown }): void {
    this.#answering = null;
    // The peer has gone, or the file: there is nobody to tell.
    if (task.cancelled() || task.exception() !== null) {
      this.#transport.abort();
      return;
    }
    this.#idle = getRunningLoop().callLater(PATIENCE, () => this.#transport.close());
    this.#transport.resumeReading();
    this.#next();
  }

  async #answer(request: Request | null): Promise<void> {
    if (request === null) return this.#refuse(400);
    const { method, target, version, headers } = request;
    if (version !== '1.0' && version !== '1.1') return this.#refuse(505);
    // A body would have to be read past.
    if (headers.has('content-length') || headers.has('transfer-encoding')) return this.#refuse(400);
    const wanted = headers.get('connection')?.toLowerCase() ?? '';
    const last = wanted.includes('close') || (version === '1.0' && !wanted.includes('keep-alive'));
    if (method !== 'GET' && method !== 'HEAD') {
      this.#head(405, { Allow: 'GET, HEAD', ...text(405) }, last);
      this.#transport.write(Buffer.from(page(405)));
    } else {
      const path = await wrapFuture(this.#find(target));
      if (path === null) this.#notFound(method, last);
      else await this.#send(path, method, headers.get('range'), last);
    }
    if (last) this.#transport.close();
  }

  async #send(path: string, method: string, range: string | undefined, last: boolean) {
    await using file = await wrapFuture(open(path));
    const { size } = await wrapFuture(file.stat());
    const part = partOf(range, size);
    const type = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' };
    if (part === null) {
      this.#head(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': '0' }, last);
      return;
    }
    const { start, length, partial } = part;
    const extent = partial
      ? { 'Content-Range': `bytes ${start}-${start + length - 1}/${size}` }
      : {};
    const fields = { ...type, ...extent, 'Accept-Ranges': 'bytes', 'Content-Length': `${length}` };
    this.#head(partial ? 206 : 200, fields, last);
    if (method === 'HEAD' || length === 0) return;
    const sent = await getRunningLoop().sendfile(this.#transport, file, start, length);
    // It has shrunk: the client must not take it for whole.
    if (sent < length) throw new Error(`${path} has only ${start + sent} bytes`);
  }

  /** The file that `target` means; `null` if there is none, or it is outside of the root. */
  async #find(target: string): Promise<string | null> {
    try {
      const path = decodeURIComponent(target.split(/[?#]/)[0] as string);
      if (!path.startsWith('/') || path.includes('\0')) return null;
      const root = await realpath(this.#root);
      const found = await realpath(join(root, path.endsWith('/') ? `${path}index.html` : path));
      if (!found.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
      const file = await open(found);
      try {
        return (await file.stat()).isFile() ? found : null;
      } finally {
        await file.close();
      }
    } catch {
      return null;
    }
  }

  #notFound(method: string, last: boolean): void {
    this.#head(404, text(404), last);
    if (method !== 'HEAD') this.#transport.write(Buffer.from(page(404)));
  }

  /** What cannot be understood ends the connection: who knows where the next request begins. */
  #refuse(status: number): void {
    this.#head(status, text(status), true);
    this.#transport.write(Buffer.from(page(status)));
    this.#transport.close();
  }

  #head(status: number, fields: Readonly<Record<string, string>>, last: boolean): void {
    const all = {
      Date: new Date().toUTCString(),
      ...fields,
      ...(last ? { Connection: 'close' } : {}),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join('')}\r\n`;
    this.#transport.write(Buffer.from(head, 'latin1'));
  }
}

function page(status: number): string {
  return `${status} ${REASONS[status]}\n`;
}

function text(status: number): Record<string, string> {
  return { 'Content-Type': 'text/plain', 'Content-Length': String(page(status).length) };
}

/** `null` if it is no request. */
function parse(head: string): Request | null {
  const [first = '', ...lines] = head.split('\r\n');
  const [, method, target, version] = /^([A-Z]+) (\S+) HTTP\/(\d\.\d)$/.exec(first) ?? [];
  if (method === undefined || target === undefined || version === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    headers.set(name.toLowerCase(), value);
  }
  return { method, target, version, headers };
}

/** The part of a file that is asked for, all of it where that is not one range of bytes; `null`: there is no such part. */
function partOf(range: string | undefined, size: number) {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return { start: 0, length: size, partial: false };
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(Number(to) + 1, size);
  if (start >= end) return null;
  return { start, length: end - start, partial: true };
}
