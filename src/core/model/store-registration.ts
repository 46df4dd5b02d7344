/** Attribute stores that an administrator registered, as they are kept: one setting for all of them. */

/** The name of that setting. */
export const STORES_SETTING = 'attribute-stores';

export interface StoreRegistration {
  /** Unique without regard to case. */
  readonly name: string;
  readonly kind: 'sql';
  /** postgres://USER@HOST:PORT/DATABASE, without a password. */
  readonly url: string;
  /** Sealed for passwordContext(url): good for no other address. */
  readonly sealedPassword?: string;
}

/** Reads the setting. Throws a plain error where it was not written by us. */
export function readRegistrations(text: string | undefined): readonly StoreRegistration[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  if (!Array.isArray(value) || !value.every(isRegistration)) throw new Error(`the stored setting ${STORES_SETTING} is not readable`);
  return value;
}

/** The setting as the audit keeps it. */
export function withoutPasswords(text: string): string {
  return JSON.stringify(readRegistrations(text).map(({ sealedPassword, ...shown }) => ({ ...shown, hasPassword: sealedPassword !== undefined })));
}

/** What the password is sealed for: a changed address must not get it. */
export function passwordContext(url: string): string {
  return `attribute store ${url}`;
}

export function findRegistration(registrations: readonly StoreRegistration[], name: string): StoreRegistration | undefined {
  return registrations.find((registration) => registration.name.toLowerCase() === name.toLowerCase());
}

function isRegistration(value: unknown): value is StoreRegistration {
  const has = (name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);
  const password = has('sealedPassword');
  return typeof has('name') === 'string' && has('kind') === 'sql' && typeof has('url') === 'string' && (password === undefined || typeof password === 'string');
}
