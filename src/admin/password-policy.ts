/**
 * What a new password must be: long, not among the first anybody would guess, not the person's own name (threats U02;
 * NIST SP 800-63B 5.1.1.2). No rules about kinds of characters: they make passwords worse.
 */
import { normalizeUserName } from '../core/model/user.js';

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 512;

/** What guessing starts with, in lower case and letters only; digits and signs around them are what everybody adds. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'password passwort motdepasse contrasena senha wachtwoord parola haslo lozinka heslo salasana passord adgangskode losenord ' +
    'passwordpassword mypassword yourpassword newpassword thepassword nopassword passphrase passcode ' +
    'welcome welcometo willkommen bienvenue letmein letmeinnow openup opensesame changeme changeit changemenow pleasechange ' +
    'admin adminadmin administrator administrador sysadmin superuser rootroot root toor master supervisor manager operator guest testtest test tester testing ' +
    'default secret secretsecret topsecret verysecret private login logon signin user username demo demodemo sample example temp temporary initial ' +
    'qwerty qwertyuiop qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfasdf zxcvbnm qazwsx qazwsxedc qwertyqwerty abc abcabc abcdef abcdefgh abcdefghijkl ' +
    'iloveyou iloveu loveme ilovegod princess sunshine rainbow monkey dragon shadow football baseball basketball superman batman starwars pokemon ' +
    'michael jennifer jordan charlie freedom whatever trustno hello helloworld hellohello computer internet summer winter spring autumn ' +
    'january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday ' +
    'signet saml company corporate enterprise office business service'
  ).split(' '),
);

const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };
const ROWS: readonly string[] = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop', 'yxcvbnm'];

/** A sentence that says what is wrong and what to do, or undefined when the password may be used. */
export function checkPassword(password: string, about: { readonly userName?: string; readonly email?: string }): string | undefined {
  const length = Array.from(password).length;
  if (length < SHORTEST_PASSWORD) {
    return `Use at least ${String(SHORTEST_PASSWORD)} characters; this password has ${String(length)}.`;
  }
  if (length > LONGEST_PASSWORD) return `Use at most ${String(LONGEST_PASSWORD)} characters; this password has ${String(length)}.`;
  const lower = password.normalize('NFC').toLowerCase();
  if (isPersonal(lower, about)) return 'Use a password that does not consist of the name or the e-mail address.';
  if (isCommon(lower)) return 'Use a password that is harder to guess, such as four or five words without connection: this one is among the first to be tried.';
  return undefined;
}

function isPersonal(lower: string, about: { readonly userName?: string; readonly email?: string }): boolean {
  const names = [about.userName, about.email, about.email?.split('@')[0]].flatMap((name) => (name === undefined ? [] : [normalizeUserName(name)]));
  return names.some((name) => {
    if (name.length < 3) return false;
    // What is left without the name must not be a few digits and signs.
    const rest = lower.replaceAll(name, '');
    return rest.length < lower.length && rest.replaceAll(/[^\p{L}]/gu, '').length < 4;
  });
}

function isCommon(lower: string): boolean {
  if (isRepetition(lower) || isRun(lower)) return true;
  const core = lower.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [core, lettersOf(lower), lettersOf(spoken(core)), lettersOf(spoken(lower))].some(
    (candidate) => candidate === '' || COMMON.has(candidate) || COMMON.has(unrepeated(candidate)) || isRun(candidate),
  );
}

/** p4ssw0rd -> password */
function spoken(text: string): string {
  return Array.from(text, (character) => LEET[character] ?? character).join('');
}

function lettersOf(text: string): string {
  return text.replaceAll(/[^\p{L}]/gu, '');
}

/** aaaa…, abcabcabc…: a unit of at most six characters, over and over. */
function isRepetition(text: string): boolean {
  return /^(.{1,6}?)\1+.{0,5}$/u.test(text) && new Set(text).size <= 6;
}

/** passwordpassword -> password */
function unrepeated(text: string): string {
  return /^(.+?)\1+$/u.exec(text)?.[1] ?? text;
}

/** Made of stretches of the alphabet, the digits or a row of keys, forwards or backwards. */
function isRun(text: string): boolean {
  const followsIn = (row: string, a: string, b: string): boolean => row.includes(a + b) || row.includes(b + a);
  const characters = Array.from(text);
  if (characters.length < 4) return false;
  const steps = characters
    .slice(1)
    .filter((character, at) => ROWS.some((row) => followsIn(row, characters[at] ?? '', character)) || character === characters[at]);
  return steps.length >= (characters.length - 1) * 0.75;
}
