import { errnoName, errnoNumber, errnoText } from './errno-table.ts';

export interface OSErrorOptions {
  /** What happened, in place of the system's text. */
  readonly message?: string | undefined;
  /** The call that failed, as the C library names it. */
  readonly syscall?: string | undefined;
  /** The address that was asked for: a host, or the path of a Unix socket. */
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** The failures that this one sums up. */
  readonly errors?: readonly unknown[] | undefined;
  readonly cause?: unknown;
}

/**
 * The operating system refused. There are no subclasses for each errno: test `code`.
 *
 * The properties are those of Node's own system errors, so `errno` is negative and
 * `util.getSystemErrorName(error.errno)` is `error.code`. Codes of the resolver are `ENOTFOUND` and
 * `EAI_*`; where the reference has an `OSError` without errno, the nearest code stands for it.
 *
 * @see CPython `OSError`; errno(3)
 */
export class OSError extends Error {
  override readonly name: string = 'OSError';
  readonly code: string;
  readonly errno: number;
  declare readonly syscall?: string;
  declare readonly address?: string;
  declare readonly port?: number;
  declare readonly errors?: readonly unknown[];

  /**
   * @param code - A name (`'ECONNREFUSED'`), or an errno of either sign.
   */
  constructor(code: string | number, options: OSErrorOptions = {}) {
    const name = typeof code === 'number' ? errnoName(Math.abs(code)) : code;
    super(messageOf(name, options), 'cause' in options ? { cause: options.cause } : undefined);
    this.code = name;
    this.errno = -(typeof code === 'number' ? Math.abs(code) : (errnoNumber(name) ?? 0));
    if (options.syscall !== undefined) this.syscall = options.syscall;
    if (options.address !== undefined) this.address = options.address;
    if (options.port !== undefined) this.port = options.port;
    if (options.errors !== undefined) this.errors = options.errors;
  }
}

/** `ECONNREFUSED: connection refused, connect 127.0.0.1:80` */
function messageOf(code: string, { message, syscall, address, port }: OSErrorOptions): string {
  if (message !== undefined) return message;
  const target = address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`;
  const call = syscall === undefined ? target.trimStart() : `${syscall}${target}`;
  return `${code}: ${errnoText(code) ?? 'unknown system error'}${call === '' ? '' : `, ${call}`}`;
}
