/**
 * What this package does when it is imported: puts `subprocessExec` and `subprocessShell` on the
 * loops, and has a loop that closes end its children.
 */
import { operation, registerExtension, type Future } from '@loop/core';
import '@loop/net';
import type { Argument } from './spawn/spawn-options.ts';
import { subprocessExec, subprocessShell, type SubprocessOptions } from './subprocess-exec.ts';
import type { AnySubprocessProtocol } from './subprocess-protocol.ts';
import { closeChildren, type SubprocessTransport } from './subprocess-transport.ts';

declare module '@loop/core' {
  interface EventLoop {
    /**
     * Starts a program, without a shell, and gives its transport and the protocol that `factory` made;
     * `connectionMade` has run.
     *
     * @param args - The program and its arguments.
     *
     * Rejects with `OSError` if it cannot be started (`ENOENT`, `EACCES`), `ValueError` and `TypeError`
     * for options that cannot be. Cancelling kills the child and waits for its end.
     *
     * @see CPython `loop.subprocess_exec`
     */
    subprocessExec<P extends AnySubprocessProtocol>(
      factory: () => P,
      args: readonly [Argument, ...Argument[]],
      options?: SubprocessOptions,
    ): Future<[SubprocessTransport, P]>;
    /**
     * Runs a command by the shell (`/bin/sh -c`); quoting is the caller's, see `shlexQuote`. The rest is
     * as {@link subprocessExec}.
     *
     * @see CPython `loop.subprocess_shell`
     */
    subprocessShell<P extends AnySubprocessProtocol>(
      factory: () => P,
      cmd: string | Uint8Array,
      options?: SubprocessOptions,
    ): Future<[SubprocessTransport, P]>;
  }
}

registerExtension({
  name: '@loop/subprocess',
  methods: {
    subprocessExec(
      factory: () => AnySubprocessProtocol,
      args: readonly Argument[],
      options?: SubprocessOptions,
    ) {
      return operation(() => subprocessExec(this, factory, args, options ?? {}), this);
    },
    subprocessShell(
      factory: () => AnySubprocessProtocol,
      cmd: string | Uint8Array,
      options?: SubprocessOptions,
    ) {
      return operation(() => subprocessShell(this, factory, cmd, options ?? {}), this);
    },
  },
  close: closeChildren,
});
