/**
 * What this package does when it is imported: puts a method on the loops for each that another
 * package would bring, to say which one.
 */
import { addMissingMethods } from './extension/missing-method.ts';

addMissingMethods();
