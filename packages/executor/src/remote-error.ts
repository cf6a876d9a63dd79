/** Errors of workers, made again: the other end is `worker/encode-error.js`. */
import * as core from '@loop/core';
import { describe } from '@loop/core/errors';
import { RemoteTraceback } from './errors.ts';
import type { Thrown, WireError } from './wire.ts';

type ErrorClass = abstract new (...args: never[]) => Error;

const BUILTINS: readonly ErrorClass[] = [
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

const classes = new Map(BUILTINS.map((builtin) => [builtin.name, builtin]));
for (const [name, value] of Object.entries(core) as ReadonlyArray<[string, unknown]>) {
  if (isErrorClass(value)) classes.set(name, value);
}

/**
 * Has errors of a class of one's own, thrown by a job, come back as instances of it. They are told by
 * the name of the class, made without calling the constructor, and get the properties of the original.
 *
 * @throws {TypeError} `errorClass` is no subclass of `Error`.
 */
export function registerErrorClass(errorClass: ErrorClass): void {
  if (!isErrorClass(errorClass)) {
    throw new TypeError(
      `Expected errorClass to be a subclass of Error, got ${describe(errorClass)}`,
    );
  }
  classes.set(errorClass.name, errorClass);
}

/** What a job threw. */
export function decodeThrown(thrown: Thrown): unknown {
  return 'error' in thrown ? decodeError(thrown.error) : thrown.value;
}

/** Makes an error of `wire`, with its class, and the stack of the worker as stack and innermost cause. */
export function decodeError(wire: WireError): Error {
  const error = instanceOf(wire);
  const set = (key: string, value: unknown, enumerable = false): void => {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  };
  set('stack', wire.stack);
  if (wire.args !== undefined) set('args', wire.args);
  if (wire.errors !== undefined) set('errors', wire.errors.map(decodeThrown));
  for (const [key, value] of Object.entries(wire.properties)) set(key, value, true);
  set('cause', wire.cause === undefined ? remoteTraceback(wire.stack) : decodeThrown(wire.cause));
  return error;
}

function instanceOf({ name, className, message }: WireError): Error {
  // Its message and name are read from inside of it: it cannot do without its constructor.
  if (className === 'DOMException') return new DOMException(message, name);
  const known = classes.get(className) ?? (name === 'Error' ? undefined : classes.get(name));
  const error = Object.create((known ?? Error).prototype as object) as Error;
  const shown = name === 'Error' && known === undefined ? className || name : name;
  for (const [key, value] of [
    ['message', message],
    ['name', shown],
  ] as const) {
    if (error[key] !== value) {
      Object.defineProperty(error, key, { value, writable: true, configurable: true });
    }
  }
  return error;
}

function remoteTraceback(stack: string): RemoteTraceback {
  const traceback = new RemoteTraceback(`\n"""\n${stack}\n"""`);
  traceback.stack = stack;
  return traceback;
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && (value.prototype as unknown) instanceof Error;
}
