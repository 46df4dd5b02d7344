/** The sign-in page as a value: what it says and what it carries (design 6.1). */
import type { Instant } from '../core/model/ids.js';
import type { PageReply } from '../http/reply.js';

export interface LoginModel {
  /** The sealed request that waits, when there is one. */
  readonly pending: string | undefined;
  /** "to continue to …". */
  readonly applicationName: string | undefined;
  readonly alert: 'mismatch' | 'mismatch-again' | 'slowed' | 'expired' | 'fresh' | 'stronger' | 'busy' | undefined;
  /** '', what was typed, or whose session it is. */
  readonly userName: string;
  /** A known person is asked again: the name is shown, not asked for. "Not Maria? Use another account". */
  readonly nameFixed: boolean;
  /** For 'slowed': when the next attempt is taken. */
  readonly retryAt: Instant | undefined;
}

/** The page with nothing in it but what is given. */
export function loginPage(changes: Partial<LoginModel>, status = 200): PageReply {
  const model: LoginModel = {
    pending: undefined,
    applicationName: undefined,
    alert: undefined,
    userName: '',
    nameFixed: false,
    retryAt: undefined,
    ...changes,
  };
  return { kind: 'page', status, view: 'login/login', model: { ...model } };
}
