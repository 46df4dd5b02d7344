/** The routes of WS-Federation: one address, whose message says in `wa` what it wants (WS-Federation 13.2). */
import type { Route } from '../../http/route.js';
import type { AdfsProtocol } from '../shared/adfs-paths.js';
import { createPassive, type Passive, type PassiveParts } from '../shared/passive.js';
import { writeQuery } from '../shared/query.js';
import { ACTION, createWsfedSignIn, type SignInParts } from './sign-in.js';

export interface WsfedParts extends PassiveParts, SignInParts {}

export { createFederationMetadataRoute } from './metadata/route.js';

export const WSFED_PATH = '/wsfed';

/** wctx of 8 KiB and wreq of 64 KiB, percent-encoded, and the rest. */
const FORM_LIMIT = 256 * 1024;

export interface Wsfed {
  readonly routes: readonly Route[];
  /** For the common resume address. */
  readonly passive: Passive;
  readonly adfs: AdfsProtocol;
}

/** WS-Federation as routes, and as what other addresses hand on to it. */
export function createWsfed(parts: WsfedParts): Wsfed {
  const passive = createPassive(createWsfedSignIn(parts), parts);
  return {
    passive,
    adfs: {
      handle: passive.begin,
      refuse: passive.refuse,
      start: (inbound, { names, states }) => {
        const wish = [...names.map((name) => ['wtrealm', name] as const), ...states.map((state) => ['wctx', state] as const)];
        return passive.begin({ ...inbound, path: WSFED_PATH, rawQuery: writeQuery([['wa', ACTION.signIn], ...wish]) });
      },
    },
    routes: [{ path: WSFED_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle: passive.begin, refuse: passive.refuse }],
  };
}
