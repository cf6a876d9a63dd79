/** Imported by a test file whose tests call C: skips them where that is impossible (Bun, Deno, Windows). */
import { beforeEach } from 'vitest';
import { isSupported } from '../src/ffi/library.ts';

beforeEach(({ skip }) => skip(!isSupported(), 'needs FFI'));
