import { ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { checkOptions } from '../check-options.ts';
import { PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER } from './constants.ts';
import type { Password, PemSource } from './pem.ts';
import { SSLContext } from './ssl-context.ts';
import type { VerifyLocations } from './verify-locations.ts';

/** Options of {@link createDefaultContext}. */
export interface DefaultContextOptions extends VerifyLocations {
  /** Whom to authenticate: `SERVER_AUTH` makes a context for clients, `CLIENT_AUTH` one for servers. */
  readonly purpose?: 'SERVER_AUTH' | 'CLIENT_AUTH' | undefined;
  /** As `SSLContext.loadCertChain`. */
  readonly certfile?: PemSource | null | undefined;
  readonly keyfile?: PemSource | null | undefined;
  readonly password?: Password | null | undefined;
}

const KNOWN = ['purpose', 'cafile', 'capath', 'cadata', 'certfile', 'keyfile', 'password'];

/**
 * A context with settings that are secure today: TLS 1.2 at least; for clients the server's chain and name
 * are verified, against the authorities given, or by default against those that Node trusts.
 *
 * @throws {OSError} A file cannot be read.
 * @throws {SSLError} What is in it is of no use.
 * @see CPython `ssl.create_default_context`
 */
export function createDefaultContext(options: DefaultContextOptions = {}): SSLContext {
  checkOptions(options, KNOWN, 'createDefaultContext');
  const { purpose = 'SERVER_AUTH', cafile, capath, cadata } = options;
  if (purpose !== 'SERVER_AUTH' && purpose !== 'CLIENT_AUTH') {
    throw new ValueError(
      `Expected purpose to be 'SERVER_AUTH' or 'CLIENT_AUTH', got ${describe(purpose)}`,
    );
  }
  const isClient = purpose === 'SERVER_AUTH';
  const context = new SSLContext(isClient ? PROTOCOL_TLS_CLIENT : PROTOCOL_TLS_SERVER);
  const given = [cafile, capath, cadata].some((value) => value !== undefined && value !== null);
  if (given) context.loadVerifyLocations({ cafile, capath, cadata });
  else if (isClient) context.loadDefaultCerts();
  const { certfile, keyfile, password } = options;
  if (certfile !== undefined && certfile !== null)
    context.loadCertChain(certfile, keyfile, password);
  else if (keyfile !== undefined && keyfile !== null) {
    throw new ValueError('keyfile is only meaningful with certfile');
  }
  return context;
}
