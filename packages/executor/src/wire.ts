/** What goes between a pool and its workers. `worker-loop.js` is the other end. */
import * as core from '@loop/core';
import { RemoteTraceback } from './errors.ts';
import type { Source } from './offloadable.ts';

/** To a worker: functions that it does not know yet, and jobs. */
export interface Batch {
  readonly sources: ReadonlyArray<readonly [id: number, source: Source]>;
  readonly jobs: ReadonlyArray<JobMessage>;
}

/** `variables` are the context variables that travel, if there are any. */
export type JobMessage = readonly [
  sequence: number,
  functionId: number,
  args: readonly unknown[],
  variables: Readonly<Record<string, unknown>> | null,
];

/** From a worker: outcomes of jobs in the order of the batch; those left out were withdrawn. */
export interface Reply {
  /** How many jobs this reply is about. */
  readonly done: number;
  /** Every job before this sequence number is over or was withdrawn. */
  readonly passed: number;
  readonly elapsedMs: number;
  readonly outcomes: ReadonlyArray<readonly [sequence: number, ok: boolean, value: unknown]>;
  /** The initializer failed. */
  readonly broken?: WireError;
}

/** An error in a form that survives structured clone. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly args?: readonly unknown[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A thrown value: an error, or anything else as it is. */
export type Thrown = { readonly error: WireError } | { readonly value: unknown };

type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

const classes = new Map<string, ErrorClass>();
for (const builtin of [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
]) {
  classes.set(builtin.name, builtin);
}
for (const [name, value] of Object.entries(core)) {
  if (typeof value === 'function' && (value.prototype as unknown) instanceof Error) {
    classes.set(name, value as unknown as ErrorClass);
  }
}

/**
 * Has errors of a class of one's own, thrown by a job, come back as instances of it. They are told by
 * their `name`, made without calling the constructor, and get the properties of the original.
 */
export function registerErrorClass(errorClass: abstract new (...args: never[]) => Error): void {
  if (typeof errorClass !== 'function' || !(errorClass.prototype instanceof Error)) {
    throw new TypeError(`Expected a subclass of Error, got ${String(errorClass)}`);
  }
  classes.set(errorClass.name, errorClass as unknown as ErrorClass);
}

/** The error that a worker sent. */
export function decodeThrown(thrown: Thrown): unknown {
  return 'error' in thrown ? decodeError(thrown.error) : thrown.value;
}

/** Makes an error of `wire`, with its class and the stack of the worker. */
export function decodeError(wire: WireError): Error {
  const errorClass = classes.get(wire.name);
  const error = Object.create((errorClass ?? Error).prototype as object) as Error;
  const set = (key: string, value: unknown, enumerable = false): void => {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  };
  set('message', wire.message);
  set('stack', wire.stack);
  if (wire.name !== error.name) set('name', wire.name);
  if (wire.args !== undefined) set('args', wire.args);
  if (wire.errors !== undefined)
    set(
      'errors',
      wire.errors.map((each) => decodeThrown(each as Thrown)),
    );
  for (const [key, value] of Object.entries(wire.properties)) set(key, value, true);
  const cause =
    wire.cause === undefined ? remoteTraceback(wire.stack) : decodeThrown(wire.cause as Thrown);
  set('cause', cause);
  return error;
}

function remoteTraceback(stack: string): RemoteTraceback {
  const traceback = new RemoteTraceback(`\n"""\n${stack}\n"""`);
  traceback.stack = stack;
  return traceback;
}
