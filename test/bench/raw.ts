/** The yardstick: what one CPU second of this machine is worth, read again beside every window because it changes. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const DATA = Buffer.alloc(512, 'SignedInfo ');
const BATCH = 50;

/** A key that is held parsed, as Signet holds its own. */
export function makeRawKey(): KeyObject {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** RSA-2048 signatures with SHA-256 per CPU second of this process, measured for so many seconds. */
export function rawSignaturesPerCpuSecond(key: KeyObject, seconds: number): number {
  const until = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let count = 0;
  while (performance.now() < until) {
    for (let i = 0; i < BATCH; i += 1) sign('sha256', DATA, key);
    count += BATCH;
  }
  const used = process.cpuUsage(before);
  return count / ((used.user + used.system) / 1e6);
}
