/** Visit: one request to a page of ours, as values, with the few things a page may do to the browser it answers. */
import type { SsoSessionId } from '../core/model/ids.js';
import type { HttpReply } from '../http/reply.js';
import type { CsrfResult } from './csrf.js';
import type { PageContext } from './reply.js';

export interface Visit extends PageContext {
  readonly method: string;
  /** Values of the path's named places. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly form: ReadonlyMap<string, string>;
  readonly clientAddress: string;
  /** The SSO session that the browser's record names; not yet looked up. */
  readonly ssoSessionId: SsoSessionId | undefined;
  /** This browser's "familiar device" token. */
  readonly deviceToken: string | undefined;
  /** Does the posted form come from a page of ours, shown to this browser? */
  checkToken(scope: 'session' | 'any'): CsrfResult;
  /** Signs the browser in under a new session id. */
  renew(session: SsoSessionId): Promise<void>;
  /** Removes what stands behind the browser's session cookie, and the cookie. */
  end(): Promise<void>;
  rememberDevice(token: string): void;
}

export type Handler = (visit: Visit) => Promise<HttpReply>;

/** One address of ours with what it does by method. */
export interface Page {
  /** An Express path: '/error/:reference'. */
  readonly path: string;
  readonly get: Handler;
  readonly post?: Handler;
}

/** Most bytes of a form of ours: a pending request of full size, and a name and password. */
export const PAGE_FORM_LIMIT = 64 * 1024;
