/** An address as the reference prints it: `('127.0.0.1', 80)`, `'/run/x.sock'`. */
export function addressText(address: unknown): string {
  if (Array.isArray(address)) return `(${address.map(addressText).join(', ')})`;
  if (typeof address === 'string') return quoted(address);
  if (address instanceof Uint8Array) return `b${quoted(Buffer.from(address).toString('latin1'))}`;
  return String(address);
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `'${escaped.replaceAll("'", String.raw`\'`)}'`;
}
