/** Configuration as YAML that reads well in a review: one thing a line, long texts as they are, nothing that another reader takes for something else. */
import { Document, type Scalar, visit } from 'yaml';

/** What has to be escaped to be seen, and to survive: everything invisible but the line end. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/**
 * A value of plain JSON as YAML 1.2, without anchors, tags or folded lines: read back it is the same to the byte. Texts of
 * several lines are block scalars, or quoted where a block cannot carry them (line ends of Windows, blanks only).
 */
export function writeYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1', version: '1.2' });
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value === 'string') setStyle(node, node.value, key === 'key');
    },
  });
  // A text in double quotes stays on one line: broken over several, lines of blanks would lose theirs.
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  // What a terminal obeys is in double quotes, where the library leaves most of it as it is (threats M08).
  return text.replaceAll(/[\x7f-\x9f\p{Cf}\u2028\u2029]/gu, (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
}

function setStyle(node: Scalar, text: string, isKey: boolean): void {
  if (INVISIBLE.test(text.replaceAll('\n', ''))) node.type = 'QUOTE_DOUBLE';
  else if (text.includes('\n')) node.type = isKey || !/[^\s]/u.test(text) ? 'QUOTE_DOUBLE' : 'BLOCK_LITERAL';
}
