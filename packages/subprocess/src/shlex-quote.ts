/**
 * `text` as one word of a POSIX shell, whatever is in it.
 *
 * @see CPython `shlex.quote`
 */
export function shlexQuote(text: string): string {
  if (typeof text !== 'string') {
    throw new TypeError(`Expected text to be a string, got ${typeof text}`);
  }
  if (text === '') return "''";
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
