/** passport-local over authn's password check: one strategy, no session of Passport's own, and fields from the form alone. */
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import type { PasswordAttempt, PasswordOutcome, PasswordSignIn } from '../authn/password.js';

export type PasswordCheck = (attempt: PasswordAttempt) => Promise<PasswordOutcome>;

/** What Passport is handed in place of a request: the two fields, and where the outcome of this attempt goes. */
interface AttemptRequest {
  readonly body: { readonly username: string; readonly password: string };
  readonly attempt: PasswordAttempt;
}

/** Rejects with what the password check throws (too_many_requests, unavailable). An empty name or password is a mismatch that costs nothing. */
export function createPasswordCheck(parts: PasswordSignIn): PasswordCheck {
  const passport = new Passport();
  passport.use(
    new Strategy({ passReqToCallback: true, session: false }, (request: unknown, _name, _password, done) => {
      parts.authenticate(readAttempt(request)).then(
        (outcome) => {
          done(null, outcome);
        },
        (error: unknown) => {
          done(error);
        },
      );
    }),
  );
  return (attempt) =>
    new Promise((resolve, reject) => {
      const request: AttemptRequest = { body: { username: attempt.name, password: attempt.password }, attempt };
      const settle = (error: unknown, outcome?: PasswordOutcome | false): void => {
        if (error !== null && error !== undefined) reject(error instanceof Error ? error : new Error('the password check failed', { cause: error }));
        else resolve(outcome === undefined || outcome === false ? { kind: 'mismatch', again: false } : outcome);
      };
      readMiddleware(passport.authenticate('local', { session: false }, settle))(request, {}, settle);
    });
}

function readAttempt(request: unknown): PasswordAttempt {
  return (request as AttemptRequest).attempt;
}

type Middleware = (request: AttemptRequest, response: object, next: (error: unknown) => void) => void;

function readMiddleware(middleware: unknown): Middleware {
  return middleware as Middleware;
}
