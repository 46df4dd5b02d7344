/** The sign-in page's plain values, as authn and the page itself hand them over. */
import type { Instant } from '../../core/model/ids.js';
import { readInstant, readText } from './read-model.js';

export const LOGIN_ALERTS = ['mismatch', 'mismatch-again', 'slowed', 'expired', 'fresh', 'stronger', 'busy'] as const;
export type LoginAlert = (typeof LOGIN_ALERTS)[number];

export interface LoginModel {
  /** The sealed request that waits. */
  readonly pending: string | undefined;
  readonly applicationName: string | undefined;
  readonly alert: LoginAlert | undefined;
  /** What was typed, or whose session it is. */
  readonly userName: string;
  /** A fresh sign-in of a known person. */
  readonly nameFixed: boolean;
  /** For 'slowed'. */
  readonly retryAt: Instant | undefined;
}

/** Reads the values of a PageReply for login/login. */
export function readLoginModel(model: Readonly<Record<string, unknown>>): LoginModel {
  const alert = readText(model, 'alert');
  return {
    pending: readText(model, 'pending'),
    applicationName: readText(model, 'applicationName'),
    alert: LOGIN_ALERTS.find((name) => name === alert),
    userName: readText(model, 'userName') ?? '',
    nameFixed: model['nameFixed'] === true,
    retryAt: readInstant(model, 'retryAt'),
  };
}
