/** XML laid out for reading: one element a line, indented; text stays with its element. For display only, never for checking. */

const PIECES = /<(?:"[^"]*"|'[^']*'|[^>"'])*>|[^<]+/gu;
const LONG = 600;

/** Gives the text with line breaks; very long runs, such as certificates, are folded. */
export function prettyXml(xml: string): string {
  const lines: string[] = [];
  let depth = 0;
  let line = '';
  let before: 'start' | 'text' | 'end' | undefined;
  const end = (): void => {
    if (line !== '') lines.push(line);
    line = '';
  };
  const start = (text: string): void => {
    end();
    line = '  '.repeat(depth) + text;
  };
  for (const [piece] of xml.matchAll(PIECES)) {
    if (!piece.startsWith('<')) {
      if (piece.trim() === '') continue;
      line += piece.length > LONG ? `${piece.slice(0, LONG)}… (${String(piece.length)} characters)` : piece;
      before = 'text';
    } else if (piece.startsWith('</')) {
      depth = Math.max(0, depth - 1);
      if (before === 'end') start(piece);
      else line += piece;
      before = 'end';
    } else {
      start(piece);
      if (piece.endsWith('/>') || piece.startsWith('<?') || piece.startsWith('<!')) before = 'end';
      else {
        depth += 1;
        before = 'start';
      }
    }
  }
  end();
  return lines.join('\n');
}
