/** Values of people as they are kept with a sign-on: enough to recognise one that is known, not enough to learn one. */

/** From here on a value shows its first letters, and from there on its last ones, too. */
const SHOWS_START = 6;
const SHOWS_END = 12;
const SHOWN = 2;
const HIDDEN = '…';
const ADDRESS = /^(?<user>[^\s@]+)@(?<domain>[^\s@]+)\.(?<top>[a-z]{2,8})$/iu;
const PLAIN = /^[!-~]*$/u;
const BOOLEAN = /^(?:true|false|yes|no)$/iu;

/**
 * 'Fi…(7)', 'Fi…rs (19)', 'ad…@ex….example (20)': the first two characters and how long it is, the last two of a longer
 * one; of an address the domain likewise. Truth values, and what is shorter than six, become '…'. Addresses on the web and
 * names of formats are values like all others. The same value always becomes the same, of at most 40 characters.
 */
export function mask(value: string): string {
  if (value.length < SHOWS_START || BOOLEAN.test(value)) return HIDDEN;
  const length = `(${String(value.length)})`;
  const { user, domain, top } = (value.includes('@') && value.length <= 320 && ADDRESS.exec(value)?.groups) || {};
  if (user !== undefined && domain !== undefined && top !== undefined) return `${start(user)}@${start(domain)}.${top} ${length}`;
  return value.length < SHOWS_END ? `${start(value)}${length}` : `${start(value)}${end(value)} ${length}`;
}

/** Nothing of a part of which this would be half. */
function start(text: string): string {
  if (text.length <= 2 * SHOWN) return HIDDEN;
  const first = text.slice(0, SHOWN);
  return `${PLAIN.test(first) ? first : visible(Array.from(text.slice(0, 2 * SHOWN)).slice(0, SHOWN))}${HIDDEN}`;
}

function end(text: string): string {
  const last = text.slice(-SHOWN);
  return PLAIN.test(last) ? last : visible(Array.from(text.slice(-2 * SHOWN)).slice(-SHOWN));
}

/** Without what cannot be seen, half characters included. */
function visible(letters: readonly string[]): string {
  const text = letters.join('');
  return PLAIN.test(text) ? text : text.replaceAll(/[\s\p{C}]/gu, '·');
}
