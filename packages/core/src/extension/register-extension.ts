import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { addExtension, isRegistered, type Extension } from './registry.ts';

/**
 * Adds a package to every loop, those that exist included.
 *
 * @throws {TypeError} `extension` has no name, or a method that is no function.
 * @throws {RuntimeError} The name is taken, or a method that it brings.
 */
export function registerExtension(extension: Extension): void {
  checkExtension(extension);
  for (const [name, method] of Object.entries(extension.methods ?? {})) addMethod(name, method);
  addExtension(extension);
}

function checkExtension(extension: Extension): void {
  if (typeof extension !== 'object' || extension === null) {
    throw new TypeError(`Expected extension to be an object, got ${describe(extension)}`);
  }
  const { name, methods = {} } = extension;
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`Expected extension.name to be a package name, got ${describe(name)}`);
  }
  if (isRegistered(name)) {
    throw new RuntimeError(
      `${name} is registered already: two copies of the package are loaded, or two versions. \`npm ls ${name}\` shows where they come from.`,
    );
  }
  for (const hook of HOOKS) {
    const given = extension[hook];
    if (given !== undefined) checkFunction(given, `${hook} of ${name}`);
  }
  for (const [method, implementation] of Object.entries(methods)) {
    checkFunction(implementation, `method ${method} of ${name}`);
    if (method in EventLoop.prototype && !isPlaceholder(method)) {
      throw new RuntimeError(`${name} brings a method ${method}() that loops have already`);
    }
  }
}

const HOOKS = ['attach', 'aroundRun', 'shutdownDefaultExecutor', 'close'] as const;

function checkFunction(value: unknown, what: string): void {
  if (typeof value !== 'function') {
    throw new TypeError(`Expected ${what} to be a function, got ${describe(value)}`);
  }
}

const placeholders = new Set<string>();

/** Marks a method that stands for a package that is not loaded. */
export function addPlaceholder(name: string, method: (this: unknown) => unknown): void {
  placeholders.add(name);
  define(name, method);
}

function isPlaceholder(name: string): boolean {
  return placeholders.has(name);
}

function addMethod(name: string, method: (...args: never[]) => unknown): void {
  placeholders.delete(name);
  define(name, method);
}

function define(name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(EventLoop.prototype, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
