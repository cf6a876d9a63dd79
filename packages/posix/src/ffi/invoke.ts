/**
 * Makes a C call and its errno check inseparable. A bound function returns the result, or `-errno`
 * where C returns -1: errno is read in the statement after the call, before anything of V8 or Node
 * can make another one, from a view of the thread's own errno (0.3 ns; `koffi.errno()` is 20).
 */
import { OSError } from '../os-error.ts';

/** A line of the table in signatures.ts. */
export interface Signature<F> {
  readonly prototype: string;
  /** Whether a negative result means that errno says why. */
  readonly errno: boolean;
  /** Of the types only. */
  readonly type?: F;
}

type Native = (...args: unknown[]) => number;

/** `native` with its errno check; `arity` keeps the hot calls free of argument arrays. */
export function withErrno(native: Native, arity: number, errno: Int32Array): Native {
  switch (arity) {
    case 1:
      return (a) => {
        const result = native(a);
        return result < 0 ? -errno[0]! : result;
      };
    case 2:
      return (a, b) => {
        const result = native(a, b);
        return result < 0 ? -errno[0]! : result;
      };
    case 3:
      return (a, b, c) => {
        const result = native(a, b, c);
        return result < 0 ? -errno[0]! : result;
      };
    case 4:
      return (a, b, c, d) => {
        const result = native(a, b, c, d);
        return result < 0 ? -errno[0]! : result;
      };
    case 5:
      return (a, b, c, d, e) => {
        const result = native(a, b, c, d, e);
        return result < 0 ? -errno[0]! : result;
      };
    case 6:
      return (a, b, c, d, e, f) => {
        const result = native(a, b, c, d, e, f);
        return result < 0 ? -errno[0]! : result;
      };
    default:
      return (...args) => {
        const result = native(...args);
        return result < 0 ? -errno[0]! : result;
      };
  }
}

/**
 * `result`, or the error that it stands for.
 *
 * @param result - What a bound function returned.
 * @throws {OSError} It is negative.
 */
export function check(result: number, syscall: string): number {
  if (result < 0) throw new OSError(result, { syscall });
  return result;
}
