// Finds what of a value cannot be sent, for an error that says where it is.
// @ts-check

/**
 * @param {unknown} value
 * @param {string} path - what `value` is called
 * @param {(value: unknown) => unknown} copy - throws for what cannot be sent
 * @param {Set<unknown>} seen
 * @returns {string | null} `args[0].handler, a function`; `null` if all of it can be sent
 */
function findUnsendable(value, path, copy, seen = new Set()) {
  if (seen.has(value) || canCopy(value, copy)) return null;
  seen.add(value);
  for (const [part, inner] of partsOf(value)) {
    const found = findUnsendable(inner, path + part, copy, seen);
    if (found !== null) return found;
  }
  return `${path}, ${kindOf(value)}`;
}

/**
 * @param {unknown} value
 * @param {(value: unknown) => unknown} copy
 */
function canCopy(value, copy) {
  try {
    copy(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {unknown} value
 * @returns {Array<[part: string, inner: unknown]>}
 */
function partsOf(value) {
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Map) {
    return [...value].flatMap(([key, inner]) => [
      ['.keys()', key],
      [`.get(${typeof key === 'string' ? JSON.stringify(key) : String(key)})`, inner],
    ]);
  }
  if (value instanceof Set) return [...value].map((inner) => ['.values()', inner]);
  return Object.entries(value).map(([key, inner]) => {
    if (Array.isArray(value)) return [`[${key}]`, inner];
    return [
      /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
      inner,
    ];
  });
}

/** @param {unknown} value */
function kindOf(value) {
  if (typeof value === 'function')
    return `a function${value.name === '' ? '' : ` (${value.name})`}`;
  if (typeof value === 'symbol') return 'a symbol';
  if (isShared(value)) return 'shared memory';
  const name = /** @type {{ constructor?: { name?: unknown } }} */ (value).constructor?.name;
  return typeof name === 'string' && name !== '' ? `an object of ${name}` : 'an object';
}

/** @param {unknown} value */
function isShared(value) {
  return (
    value instanceof SharedArrayBuffer ||
    (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer)
  );
}

/**
 * Whether memory that threads share is in `value`. Between processes a view of it would be copied, and
 * nobody would see what the other writes.
 * @param {unknown} value
 */
function holdsShared(value) {
  if (typeof value !== 'object' || value === null) return false;
  const seen = new Set([value]);
  for (const object of seen) {
    if (isShared(object)) return true;
    if (ArrayBuffer.isView(object)) continue;
    /** @type {Iterable<unknown>} */
    let parts = [];
    if (Array.isArray(object) || object instanceof Set) parts = object;
    else if (object instanceof Map) parts = [...object].flat();
    else parts = Object.values(object);
    for (const part of parts) if (typeof part === 'object' && part !== null) seen.add(part);
  }
  return false;
}

/**
 * @param {unknown} value
 * @param {string} path - what `value` is called
 * @throws {TypeError} Memory that threads share is in it.
 */
export function refuseShared(value, path) {
  if (!holdsShared(value)) return;
  const found = findUnsendable(value, path, (part) => {
    if (holdsShared(part)) throw new TypeError('shared');
  });
  throw new TypeError(
    `${found}, could not be cloned: another process does not see it. Use threads (also for what loop.share() gives), or pass a copy`,
  );
}

/**
 * What cannot be sent fails with an error that says where it is, the same from threads and processes.
 * @param {unknown} error - what the attempt threw
 * @param {string} whose - `an argument of job render`
 * @param {unknown} value
 * @param {string} path - what `value` is called
 * @returns {unknown}
 */
export function explainUnsendable(error, whose, value, path) {
  // What refuses shared memory has said it all.
  if (!(error instanceof Error) || error instanceof TypeError) return error;
  if (!/could not be cloned/.test(error.message)) return error;
  const found = findUnsendable(value, path, structuredClone);
  const where = found === null ? '' : `: ${found}`;
  return new DOMException(`${whose} could not be cloned${where}`, {
    name: 'DataCloneError',
    cause: error,
  });
}
