// Three connections at once with Node's own sockets: each sends lines and checks the answers.
import { once } from 'node:events';
import { connect } from 'node:net';

const [host, port] = process.argv.slice(2);

/** @param {string} name */
async function talk(name) {
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  for (const word of ['hello', 'from', name]) {
    socket.write(`${word}\n`);
    const [answer] = await once(socket, 'data');
    const text = answer.toString();
    if (text !== `${word}\n`) throw new Error(`sent ${word}, got ${text}`);
    console.log(`${name}: ${JSON.stringify(`${word}\n`)} came back`);
  }
  socket.end();
  await once(socket, 'close');
}

await Promise.all(['ada', 'grace', 'edsger'].map(talk));
