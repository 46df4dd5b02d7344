/** The routes of WS-Federation: one address, whose message says in `wa` what it wants (WS-Federation 13.2). */
import { WSFED_PATH } from '../../core/model/start-path.js';
import type { Route } from '../../http/route.js';
import type { AdfsProtocol } from '../shared/adfs-paths.js';
import { createPassive, type Passive, type PassiveParts } from '../shared/passive.js';
import { writeQuery } from '../shared/query.js';
import { actionOf } from './request.js';
import { ACTION, createWsfedSignIn, type SignInParts } from './sign-in.js';
import { createWsfedSignOut, type WsfedSignOutParts } from './sign-out.js';

export interface WsfedParts extends PassiveParts, SignInParts, Omit<WsfedSignOutParts, 'relyingParties'> {}

export { createFederationMetadataRoute } from './metadata/route.js';

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
  const signOut = createWsfedSignOut(parts);
  const handle: Route['handle'] = (inbound) => {
    const action = actionOf(inbound);
    return action === ACTION.signOut || action === ACTION.cleanUp ? signOut(inbound) : passive.begin(inbound);
  };
  return {
    passive,
    adfs: {
      handle,
      refuse: passive.refuse,
      start: (inbound, { names, states }) => {
        const wish = [...names.map((name) => ['wtrealm', name] as const), ...states.map((state) => ['wctx', state] as const)];
        return passive.begin({ ...inbound, path: WSFED_PATH, rawQuery: writeQuery([['wa', ACTION.signIn], ...wish]) });
      },
    },
    routes: [{ path: WSFED_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle, refuse: passive.refuse }],
  };
}
