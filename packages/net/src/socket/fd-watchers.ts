import { createHandle, type EventLoop, NotImplementedError, RuntimeError } from '@loop/core';
import type { FileObject } from '@loop/posix';
import { backendName } from '../backend/backend-name.ts';
import { selectorBackend } from '../backend/selector-backend.ts';

type Callback = (...args: readonly unknown[]) => unknown;

/** See `EventLoop.addReader`. */
export function addReader(
  loop: EventLoop,
  fileobj: FileObject,
  callback: Callback,
  args: readonly unknown[],
): void {
  checkWatching(loop, 'addReader');
  checkOpen(loop);
  const handle = createHandle(loop, callback, args);
  const backend = selectorBackend(loop);
  backend.poller.setReader(fileobj, backend.freeDescriptor(fileobj), handle);
}

/** See `EventLoop.addWriter`. */
export function addWriter(
  loop: EventLoop,
  fileobj: FileObject,
  callback: Callback,
  args: readonly unknown[],
): void {
  checkWatching(loop, 'addWriter');
  checkOpen(loop);
  const handle = createHandle(loop, callback, args);
  const backend = selectorBackend(loop);
  backend.poller.setWriter(fileobj, backend.freeDescriptor(fileobj), handle);
}

/** See `EventLoop.removeReader`. */
export function removeReader(loop: EventLoop, fileobj: FileObject): boolean {
  checkWatching(loop, 'removeReader');
  if (loop.isClosed()) return false;
  const backend = selectorBackend(loop);
  return backend.poller.removeReader(backend.freeDescriptor(fileobj));
}

/** See `EventLoop.removeWriter`. */
export function removeWriter(loop: EventLoop, fileobj: FileObject): boolean {
  checkWatching(loop, 'removeWriter');
  if (loop.isClosed()) return false;
  const backend = selectorBackend(loop);
  return backend.poller.removeWriter(backend.freeDescriptor(fileobj));
}

function checkOpen(loop: EventLoop): void {
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
}

/** As in the reference, completion knows nothing of descriptors that are ready. */
function checkWatching(loop: EventLoop, method: string): void {
  if (backendName(loop) === 'selector') return;
  throw new NotImplementedError(
    `${method}() needs a loop on a selector, and this one is on the proactor: use a SelectorEventLoop, which needs the package koffi`,
  );
}
