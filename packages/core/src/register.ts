/**
 * What this package does when it is imported: puts a method on the loops for each that another
 * package would bring, to say which one; and, on the web, finds out whose an `await` is.
 */
import { addMissingMethods } from './extension/missing-method.ts';
import { followAwaits } from './future/follow-awaits.ts';
import { mustFollowAwaits } from './loop/scope.ts';

addMissingMethods();
if (mustFollowAwaits()) followAwaits();
