import { NotImplementedError } from '../error/errors.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import { addPlaceholder } from './register-extension.ts';

/** The methods that other packages bring; those that the reference declares `async` reject. */
const METHODS = {
  '@loop/net': {
    async: [
      'createConnection',
      'createDatagramEndpoint',
      'createUnixConnection',
      'createServer',
      'createUnixServer',
      'connectAcceptedSocket',
      'sendfile',
      'startTls',
      'sockRecv',
      'sockRecvInto',
      'sockRecvfrom',
      'sockRecvfromInto',
      'sockSendall',
      'sockSendto',
      'sockConnect',
      'sockAccept',
      'sockSendfile',
      'getaddrinfo',
      'getnameinfo',
      'connectReadPipe',
      'connectWritePipe',
    ],
    plain: ['addReader', 'removeReader', 'addWriter', 'removeWriter'],
  },
  '@loop/subprocess': { async: ['subprocessExec', 'subprocessShell'], plain: [] },
  '@loop/signals': { async: [], plain: ['addSignalHandler', 'removeSignalHandler'] },
  '@loop/executor': { async: [], plain: ['runInExecutor', 'setDefaultExecutor'] },
} as const;

/**
 * Puts a method for each of them on the loops, that says which package to import. They have no
 * types: with TypeScript a missing package is found when compiling.
 */
export function addMissingMethods(): void {
  for (const [name, methods] of Object.entries(METHODS)) {
    for (const method of methods.async) {
      addPlaceholder(method, () => Promise.reject(needs(method, name)));
      onAbstract(method, () => Promise.reject(absent(method)));
    }
    for (const method of methods.plain) {
      addPlaceholder(method, () => {
        throw needs(method, name);
      });
      onAbstract(method, () => {
        throw absent(method);
      });
    }
  }
}

function needs(method: string, name: string): NotImplementedError {
  return new NotImplementedError(
    `loop.${method}() is in ${name}: install it and import '${name}' before calling`,
  );
}

function absent(method: string): NotImplementedError {
  return new NotImplementedError(`This loop does not implement ${method}()`);
}

function onAbstract(method: string, value: () => unknown): void {
  Object.defineProperty(AbstractEventLoop.prototype, method, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
