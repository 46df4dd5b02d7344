/**
 * Familiar devices: a browser in which somebody signed in lately carries a sealed mark of it. It opens nothing; it only
 * keeps the guesses of strangers from slowing the owner down (threats U03).
 */
import { normalizeUserName, type User } from '../core/model/user.js';
import type { Clock } from '../core/ports.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { unseal } from './sealed.js';

/** How long a device stays familiar after its last sign-in: the Max-Age of the cookie. */
export const DEVICE_LIFETIME_SECONDS = 90 * 24 * 3600;

const CONTEXT = 'familiar-device';
const LONGEST = 512;

export interface Devices {
  /** The cookie value to leave after a sign-in. */
  tokenFor(user: User): string;
  /** True when the person who goes by this name, user name or e-mail, signed in with this cookie's browser lately. */
  isFamiliar(token: string | undefined, name: string): boolean;
}

/** Marks of 90 days, each good for the names of one person. */
export function createDevices(parts: { readonly box: SecretBox; readonly clock: Clock }): Devices {
  const code = (name: string): string => parts.box.mac(CONTEXT, normalizeUserName(name));

  return {
    tokenFor: (user) => {
      const names = [user.userName, ...(user.email === undefined ? [] : [user.email])];
      return parts.box.seal([String(parts.clock.now()), ...names.map(code)].join(' '), CONTEXT);
    },
    isFamiliar: (token, name) => {
      const opened = token === undefined ? undefined : unseal(parts.box, token, { context: CONTEXT, longest: LONGEST });
      if (opened === undefined) return false;
      const [at, ...codes] = opened.toString().split(' ');
      return parts.clock.now() - Number(at) <= DEVICE_LIFETIME_SECONDS * 1000 && codes.includes(code(name));
    },
  };
}
