/** Whether Node's servers and datagram sockets have `reusePort`: from 22.12 and 23.1 on. Others ignore it. */
export function nodeHasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}
