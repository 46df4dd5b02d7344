/** The routes of WS-Federation: one address, whose message says in `wa` what it wants (WS-Federation 13.2). */
import type { Route } from '../../http/route.js';
import { createPassive, type Passive, type PassiveParts } from '../shared/passive.js';
import { createWsfedSignIn, type SignInParts } from './sign-in.js';

export interface WsfedParts extends PassiveParts, SignInParts {}

export const WSFED_PATH = '/wsfed';

/** wctx of 8 KiB and wreq of 64 KiB, percent-encoded, and the rest. */
const FORM_LIMIT = 256 * 1024;

/** WS-Federation as routes, with the flow that the common resume address needs. */
export function createWsfed(parts: WsfedParts): { readonly routes: readonly Route[]; readonly passive: Passive } {
  const passive = createPassive(createWsfedSignIn(parts), parts);
  return {
    passive,
    routes: [{ path: WSFED_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle: passive.begin, refuse: passive.refuse }],
  };
}
