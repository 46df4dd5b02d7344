/** What could be better. */
import type { FindingText } from './finding-text.js';

export const TIP = {
  'metadata.display-name-missing': {
    level: 'tip',
    why: 'People see the identifier instead of a name.',
    fix: 'Set a name with --name, or later with: signet rp set ENTITYID name=NAME',
    ask: 'Add a display name (mdui:DisplayName, or ServiceDisplayName in WS-Federation).',
  },
  'metadata.logo-missing': {
    level: 'tip',
    why: 'People recognise an application by its picture first.',
    fix: 'Nothing is needed.',
    ask: 'Add an mdui:Logo with an https:// address.',
  },
  'metadata.contact-missing': {
    level: 'tip',
    why: 'When its certificate ends or its sign-ons break, nobody knows whom to write to.',
    fix: 'Ask for a contact, and keep it with: signet rp set ENTITYID notes=TEXT',
    ask: 'Add a ContactPerson of type technical with an e-mail address.',
  },
  'metadata.contact-mailto': {
    level: 'tip',
    why: 'The standard wants e-mail addresses as mailto: (SAML Metadata 2.3.2.2); some software shows no other.',
    fix: 'Nothing is needed: the address is read all the same.',
    ask: 'Write the e-mail address with mailto: in front.',
  },
  'metadata.attribute-unknown': {
    level: 'tip',
    why: 'Nothing is sent under these names until somebody says what belongs there.',
    fix: 'Say what is sent, by mappings or rules: see docs/claims.md and signet rp rules --help',
    ask: 'Say what these attributes hold, and which of them you cannot do without.',
  },
  'metadata.certificate-two': {
    level: 'tip',
    why: 'All of them count, so a change of keys goes unnoticed, and an old key that is kept for ever stays a risk.',
    fix: 'Ask which one is next, and when the other goes.',
    ask: 'Say which certificate is in use, which is next, and when the old one goes.',
  },
  'metadata.languages': {
    level: 'tip',
    why: 'The English name is shown, else the first one: people with other languages may not understand it.',
    fix: 'Set a name with --name, or later with: signet rp set ENTITYID name=NAME',
    ask: 'Add the name in English, and mark each name with xml:lang.',
  },
} as const satisfies Readonly<Record<string, FindingText>>;
