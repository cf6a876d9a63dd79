import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TransferListItem } from 'node:worker_threads';
import { ValueError } from '@loop/core';
import { describe } from '@loop/core/errors';

/** What a job finds as `this`, if its function is no arrow function. */
export interface Job {
  /** What its worker is called. */
  readonly workerName: string;
  /**
   * Aborted when the job is cancelled while it runs. A job that never awaits hears of it all the same
   * where it is a thread's: when it asks again for `this.signal.aborted`.
   */
  readonly signal: AbortSignal;
  /** Marks what of a result shall be moved to the caller, not copied. */
  transfer<T>(value: T, list: readonly Transferable[]): T;
}

/** What can be moved between threads. */
export type Transferable = TransferListItem;

/**
 * What a pool can run elsewhere: a self-contained function, which uses nothing but its arguments and
 * globals, or one named by its module.
 */
export type Offloadable<A extends readonly unknown[], R> =
  | ((this: Job, ...args: A) => R)
  | ModuleFunction<A, R>;

/** A function named by its module: see {@link moduleFunction}. */
export interface ModuleFunction<A extends readonly unknown[] = readonly never[], R = unknown> {
  readonly url: string;
  readonly exportName: string;
  /** Only for inference. */
  readonly types?: (...args: A) => R;
}

/**
 * Names a function that a module exports, as pickling by qualified name does. The module is loaded by
 * each worker once.
 *
 * ```ts
 * const cpuBound = moduleFunction<typeof import('./cpu.ts').cpuBound>(new URL('./cpu.ts', import.meta.url), 'cpuBound');
 * ```
 *
 * @param module - A file URL, `import.meta.url` for the module itself, or an absolute path.
 * @throws {ValueError} `module` is none of these.
 */
export function moduleFunction<
  F extends (...args: never[]) => unknown = (...args: unknown[]) => unknown,
>(module: string | URL, exportName: string): ModuleFunction<Parameters<F>, ReturnType<F>> {
  if (typeof exportName !== 'string' || exportName === '') {
    throw new TypeError(
      `Expected exportName to be the name of an export, got ${describe(exportName)}`,
    );
  }
  return new NamedFunction(moduleUrl(module), exportName);
}

class NamedFunction implements ModuleFunction {
  readonly url: string;
  readonly exportName: string;

  constructor(url: string, exportName: string) {
    this.url = url;
    this.exportName = exportName;
  }
}

/** How a function is made known to a worker. */
export type Source =
  | { readonly kind: 'code'; readonly code: string; readonly name: string }
  | { readonly kind: 'module'; readonly url: string; readonly exportName: string };

/**
 * What a worker has to be told of `func`.
 *
 * @throws {TypeError} It is no function that can be sent: native, bound, a method or a class.
 */
export function sourceOf(func: unknown): Source {
  if (func instanceof NamedFunction) {
    return { kind: 'module', url: func.url, exportName: func.exportName };
  }
  if (typeof func !== 'function') {
    throw new TypeError(
      `Expected func to be a function or a moduleFunction(), got ${describe(func)}`,
    );
  }
  const code = Function.prototype.toString.call(func);
  if (/\{\s*\[native code\]\s*\}$/.test(code)) {
    throw new TypeError(
      `${describe(func)} is native or bound and cannot be sent to a worker: pass a function written out, or a moduleFunction()`,
    );
  }
  if (/^class\b/.test(code)) {
    throw new TypeError(`${describe(func)} is a class: pass a function that makes an instance`);
  }
  return { kind: 'code', code: asExpression(code, func.name), name: func.name };
}

/** A method's source, `name() {}`, is no expression; as a property of an object it is. */
function asExpression(code: string, name: string): string {
  if (/^(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>)/.test(code)) return `(${code})`;
  return `({${code}})[${JSON.stringify(name)}]`;
}

function moduleUrl(module: unknown): string {
  const text = module instanceof URL ? module.href : module;
  if (typeof text !== 'string') {
    throw new TypeError(`Expected module to be a file URL or a path, got ${describe(module)}`);
  }
  if (/^(?:file|data):/.test(text)) return text;
  if (isAbsolute(text)) return pathToFileURL(text).href;
  throw new ValueError(
    `Expected module to be a file URL or an absolute path, got ${describe(text)}`,
  );
}
