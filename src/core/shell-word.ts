/**
 * A value as one word of a command that somebody is told to type: identifiers come out of metadata that others wrote, and
 * what is read here gets pasted into a shell. In quotes where a shell could see more in it than text.
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
