// @ts-check

/**
 * @param {unknown} value
 * @param {unknown} list
 * @throws {TypeError} They are not what `transfer` takes.
 */
export function checkMove(value, list) {
  if (!isObject(value)) {
    throw new TypeError(
      `Expected value to be an object, got ${textOf(value)}: nothing else can hold a buffer`,
    );
  }
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Expected list to be an array of what is to be moved, as in transfer(bytes, [bytes.buffer]), got ${textOf(list)}`,
    );
  }
  for (const [index, each] of list.entries()) {
    if (!isObject(each)) {
      throw new TypeError(`Expected list[${index}] to be a buffer or a port, got ${textOf(each)}`);
    }
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {unknown} value */
function textOf(value) {
  return isObject(value) ? Object.prototype.toString.call(value) : String(value);
}
