/** Which client addresses are one source: an IPv4 address, or the /64 that one IPv6 subscriber gets. */
import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;
const SUBSCRIBER_GROUPS = 4;

/** The source an address counts for; what is no address stands for itself. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/u, '').toLowerCase();
  const mapped = plain.replace(/^::ffff:/u, '');
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(plain)) return plain.slice(0, 64);
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, SUBSCRIBER_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}
