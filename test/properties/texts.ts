/** Texts that XML can carry, with everything in them that somebody might take for something else. */
import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.js';

const MARKS = [
  '{NameID}',
  '{Issuer}',
  '{attrUserEmail}',
  '{}',
  '${x}',
  '$&',
  '$1',
  "$'",
  '$`',
  '$$',
  '<%= x %>',
  '&amp;',
  '&#60;',
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  '<?x?>',
  '</saml:AttributeValue>',
  '</saml:NameID>',
  '</saml:Assertion>',
  '<saml:NameID>admin</saml:NameID>',
  ' xsi:type="xs:string"',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\u{1F600}',
  'e\u0301',
  '\u{10FFFF}',
];

const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

export const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKS),
      fc.string({ unit: anyCharacter, maxLength: 8 }).map((text) => text.replaceAll(ILLEGAL, '')),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));
