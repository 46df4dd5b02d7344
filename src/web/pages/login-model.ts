/** The sign-in page's plain values, read from a PageReply. */
import type { LoginModel } from '../../authn/login-page.js';
import { readInstant, readText } from './read-model.js';

export type LoginAlert = NonNullable<LoginModel['alert']>;

/** Every alert, and whether it tells of a problem or explains why the page is shown. The compiler asks for a new one. */
const ALERTS: Readonly<Record<LoginAlert, 'problem' | 'explanation'>> = {
  mismatch: 'problem',
  'mismatch-again': 'problem',
  slowed: 'problem',
  expired: 'problem',
  busy: 'problem',
  fresh: 'explanation',
  stronger: 'explanation',
};

/** Reads the values of a PageReply for login/login. */
export function readLoginModel(model: Readonly<Record<string, unknown>>): LoginModel {
  const alert = readText(model, 'alert');
  return {
    pending: readText(model, 'pending'),
    applicationName: readText(model, 'applicationName'),
    alert: alert !== undefined && isAlert(alert) ? alert : undefined,
    userName: readText(model, 'userName') ?? '',
    nameFixed: model['nameFixed'] === true,
    retryAt: readInstant(model, 'retryAt'),
  };
}

/** True for an alert about what went wrong. */
export function isProblem({ alert }: LoginModel): boolean {
  return alert !== undefined && ALERTS[alert] === 'problem';
}

function isAlert(text: string): text is LoginAlert {
  return Object.hasOwn(ALERTS, text);
}
