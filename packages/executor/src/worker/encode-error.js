// Errors in a form that survives the way; `remote-error.ts` makes errors of them again. Structured
// clone keeps the language's classes alone, and neither causes nor properties.
// @ts-check

/**
 * @typedef {import('../wire.ts').Thrown} Thrown
 * @typedef {import('../wire.ts').WireError} WireError
 */

// Causes of causes, and errors of aggregates, may be circular.
const DEEPEST = 8;

/**
 * @param {unknown} thrown
 * @param {number} [depth]
 * @returns {Thrown}
 */
export function encodeThrown(thrown, depth = 0) {
  if (thrown instanceof Error) return { error: encodeError(thrown, depth) };
  try {
    return { value: structuredClone(thrown) };
  } catch {
    return { error: encodeError(new Error(textOf(thrown)), depth) };
  }
}

/**
 * @param {unknown} thrown
 * @param {number} [depth]
 * @returns {WireError}
 */
export function encodeError(thrown, depth = 0) {
  const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
  const { cause, errors, args } =
    /** @type {{ cause?: unknown, errors?: unknown, args?: unknown }} */ (error);
  const deeper = depth < DEEPEST;
  return {
    name: textOf(error.name),
    className: error.constructor?.name ?? '',
    message: textOf(error.message),
    stack: textOf(error.stack ?? error),
    ...(cause !== undefined && deeper && { cause: encodeThrown(cause, depth + 1) }),
    ...(Array.isArray(errors) && {
      errors: deeper ? errors.map((each) => encodeThrown(each, depth + 1)) : [],
    }),
    ...(Array.isArray(args) && { args: args.map(clonable) }),
    properties: propertiesOf(error),
  };
}

/** @param {Error} error */
function propertiesOf(error) {
  /** @type {Record<string, unknown>} */
  const properties = {};
  for (const key of Object.keys(error)) {
    if (key === 'name' || key === 'args' || key === 'errors' || key === 'cause') continue;
    properties[key] = clonable(
      /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (error))[key],
    );
  }
  return properties;
}

/** @param {unknown} value */
function clonable(value) {
  try {
    return structuredClone(value);
  } catch {
    return textOf(value);
  }
}

/** @param {unknown} value */
function textOf(value) {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
