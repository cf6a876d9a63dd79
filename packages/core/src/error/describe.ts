/** Short texts for values in messages: long ones are cut, cycles cannot hang it. */

const LONGEST = 80;

/** `value` as a reader of an error message wants to see it: quoted, typed and short. */
export function describe(value: unknown): string {
  return shorten(describeWhole(value));
}

/** What kind of thing `value` is, for messages that say what was given in place of a type. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object' && typeof value !== 'function') return typeof value;
  if (typeof value === 'function') return 'function';
  return constructorName(value) ?? 'object';
}

/** A callback with the arguments it was given: `name()`, in full detail `name(1, 2)`. */
export function describeCall(
  callback: unknown,
  args: readonly unknown[] | null,
  detailed: boolean,
): string {
  const bound = /^(?:bound )+/.exec(functionName(callback))?.[0] ?? '';
  const name = functionName(callback).slice(bound.length) || 'anonymous';
  const list = detailed && args !== null ? args.map(describe).join(', ') : '';
  return `${name}${bound === '' ? '' : '()'}(${list})`;
}

function describeWhole(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return `[${isClass(value) ? 'class' : 'function'} ${functionName(value) || 'anonymous'}]`;
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  try {
    if (value instanceof Error) return `${value.name}(${JSON.stringify(value.message)})`;
    if (Array.isArray(value))
      return `[${value.slice(0, 4).map(describeItem).join(', ')}${value.length > 4 ? ', ...' : ''}]`;
    const text = (value as { toString(): unknown }).toString();
    if (typeof text === 'string' && text.startsWith('<')) return text;
    const name = constructorName(value);
    return name === undefined ? Object.prototype.toString.call(value) : `[object ${name}]`;
  } catch {
    return '[object]';
  }
}

function describeItem(item: unknown): string {
  return typeof item === 'object' && item !== null ? '...' : describe(item);
}

function constructorName(value: object): string | undefined {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== ''
    ? constructor.name
    : undefined;
}

function functionName(value: unknown): string {
  return typeof value === 'function' ? value.name : '';
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`;
}
