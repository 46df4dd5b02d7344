/** The pattern of a LIKE that finds the text anywhere, with backslash as escape character. */
export function containsPattern(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/gu, (character) => `\\${character}`)}%`;
}
