/**
 * express-session over the ephemeral store: nothing is stored for a visitor, nothing is written by looking, and the id is
 * new after each sign-in (threats U04). Errors of the store reach the error handler: the answer is 503, never "signed out".
 */
import session from 'express-session';
import type { Request, RequestHandler } from 'express';
import { asId, type SsoSessionId } from '../core/model/ids.js';
import type { Cookies } from './cookies.js';
import type { SessionRecords } from './session-records.js';

declare module 'express-session' {
  interface SessionData {
    /** The SSO session of this browser. */
    sso?: string;
  }
}

/** The store that express-session asks; every question goes to the records. */
class RecordStore extends session.Store {
  readonly #records: SessionRecords;
  /** What was last written of a session object: express-session saves again at the end of a request what a handler saved in time. */
  readonly #written = new WeakMap<object, string>();

  constructor(records: SessionRecords) {
    super();
    this.#records = records;
  }

  override get(id: string, callback: (error: unknown, data?: session.SessionData | null) => void): void {
    this.#records.find(id).then(
      (record) => {
        callback(null, record === undefined ? null : readSessionData(record.json));
      },
      (error: unknown) => {
        callback(error);
      },
    );
  }

  override set(id: string, data: session.SessionData, callback: (error?: unknown) => void = () => undefined): void {
    const json = JSON.stringify(data);
    const mark = `${id} ${json}`;
    if (this.#written.get(data) === mark) {
      callback();
      return;
    }
    this.#records.save(id, json).then(
      () => {
        this.#written.set(data, mark);
        callback();
      },
      (error: unknown) => {
        callback(error);
      },
    );
  }

  override destroy(id: string, callback: (error?: unknown) => void = () => undefined): void {
    this.#records.remove(id).then(
      () => {
        callback();
      },
      (error: unknown) => {
        callback(error);
      },
    );
  }
}

function readSessionData(json: string): session.SessionData {
  return JSON.parse(json) as session.SessionData;
}

/** The middleware. @param secret what the cookie is signed with */
export function createSessionMiddleware(records: SessionRecords, cookies: Cookies, secret: string): RequestHandler {
  const middleware = session({
    name: cookies.names.session,
    secret,
    store: new RecordStore(records),
    saveUninitialized: false,
    resave: false,
    cookie: { path: cookies.path, httpOnly: true, sameSite: 'lax', secure: cookies.secure },
  });
  return (request, response, next) => {
    // Whether the browser came by https is a matter of the base URL, not of what stands between it and this process.
    Object.defineProperty(request, 'secure', { value: cookies.secure });
    middleware(request, response, next);
  };
}

/** The SSO session that the browser's record names. */
export function ssoSessionOf(request: Request): SsoSessionId | undefined {
  const { sso } = request.session;
  return sso === undefined ? undefined : asId(sso);
}

/** Takes a new session id, writes it down, and only then lets the answer carry its cookie. */
export async function renewSession(request: Request, sso: SsoSessionId): Promise<void> {
  await called((done) => request.session.regenerate(done));
  request.session.sso = sso;
  await called((done) => request.session.save(done));
}

/** Removes the record behind the browser's cookie. */
export async function endSession(request: Request): Promise<void> {
  await called((done) => request.session.destroy(done));
}

function called(run: (done: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    run((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error('the session store failed', { cause: error }));
    });
  });
}
