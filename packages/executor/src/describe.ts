/** A short text for `value` in an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `[object ${(value.constructor as { name?: string } | undefined)?.name ?? 'Object'}]`;
}
