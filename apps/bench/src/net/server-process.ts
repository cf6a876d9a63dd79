/**
 * What every server in JavaScript has in common: `server.js PEER [ARGUMENT…]`. It says where it listens,
 * then answers each line of standard input once it has collected its garbage, and ends with its input.
 */
export function announce(address: string | number): void {
  answer({ ready: true, address: String(address) });
  process.stdin.on('data', () => {
    globalThis.gc?.();
    answer({ collected: true });
  });
  process.stdin.on('end', () => process.exit(0));
}

function answer(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
