import { createHandle, RuntimeError, type EventLoop } from '@loop/core';
import type { FileObject } from '@loop/posix';
import { selectorBackend } from '../backend/selector-backend.ts';

type Callback = (...args: readonly unknown[]) => unknown;

/** See `EventLoop.addReader`. */
export function addReader(
  loop: EventLoop,
  fileobj: FileObject,
  callback: Callback,
  args: readonly unknown[],
): void {
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
  checkOpen(loop);
  const handle = createHandle(loop, callback, args);
  const backend = selectorBackend(loop);
  backend.poller.setWriter(fileobj, backend.freeDescriptor(fileobj), handle);
}

/** See `EventLoop.removeReader`. */
export function removeReader(loop: EventLoop, fileobj: FileObject): boolean {
  if (loop.isClosed()) return false;
  const backend = selectorBackend(loop);
  return backend.poller.removeReader(backend.freeDescriptor(fileobj));
}

/** See `EventLoop.removeWriter`. */
export function removeWriter(loop: EventLoop, fileobj: FileObject): boolean {
  if (loop.isClosed()) return false;
  const backend = selectorBackend(loop);
  return backend.poller.removeWriter(backend.freeDescriptor(fileobj));
}

function checkOpen(loop: EventLoop): void {
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
}
