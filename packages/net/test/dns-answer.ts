/** The answer to a DNS query for an address: whatever the name, it is 192.0.2.7 (RFC 1035). */
export function dnsAnswer(query: Buffer): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // A response, authoritative, recursion available; one question, one answer.
  header.writeUInt16BE(0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 6);
  let end = 12;
  while (query[end] !== 0) end += 1 + query[end]!;
  const question = query.subarray(12, end + 5);
  const answer = Buffer.from('c00c00010001000000050004c0000207', 'hex');
  return Buffer.concat([header, question, answer]);
}
