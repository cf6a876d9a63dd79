/**
 * `@loop/core/errors`: the reference's exception classes, and the words for what was given in place of
 * what was expected. Nothing here knows of loops, so a package below the loop may use it.
 */
export * from './errors.ts';
export { checkBoolean, checkOptions } from './check-argument.ts';
export { describe } from './describe.ts';
