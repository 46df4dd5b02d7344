/** A Redis 7 of our own, which keeps nothing on disk. */
import { connect } from 'node:net';
import { type Instance, startInstance } from './instance.js';

export interface Redis extends Instance {
  readonly url: string;
}

export async function startRedis(): Promise<Redis> {
  const instance = await startInstance({
    name: 'redis',
    command: (folder, port) => ['/usr/bin/redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    probe,
    ending: 'SIGTERM',
  });
  return { ...instance, url: `redis://127.0.0.1:${String(instance.port)}` };
}

async function probe(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(500, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString('latin1').startsWith('+PONG')) resolve();
      else reject(new Error('not ready'));
    });
  });
}
