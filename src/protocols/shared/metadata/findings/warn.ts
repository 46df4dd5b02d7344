/** What works and will hurt. */
import type { FindingText } from './finding-text.js';

export const WARN = {
  'metadata.reply-http': {
    level: 'warn',
    why: 'Tokens travel in the clear: whoever sees one on the way can sign in with it.',
    fix: 'Ask the application for an https:// address.',
    ask: 'Use https for this address.',
  },
  'metadata.reply-wildcard': {
    level: 'warn',
    why: 'Reply addresses are compared to the letter, so the address was left out: tokens do not go there.',
    fix: 'Ask the application to name each address.',
    ask: 'Name each address by itself.',
  },
  'metadata.reply-localhost': {
    level: 'warn',
    why: 'It leads to the machine of the person who signs in: right for developers, and for nobody else.',
    fix: 'Ask for the metadata of the running service, unless this is a test.',
    ask: 'Send the metadata of the running service, with its public address.',
  },
  'metadata.reply-host': {
    level: 'warn',
    why: 'Tokens go to all of these addresses, also when one of them belongs to somebody else.',
    fix: 'Ask the application whether this address is theirs.',
    ask: 'Say whether this address is yours.',
  },
  'metadata.reply-left-out': {
    level: 'warn',
    why: 'Tokens do not go there; this binding is not used here either.',
    fix: 'Nothing is needed unless the application relies on it.',
    ask: 'Correct the address.',
  },
  'metadata.logout-left-out': {
    level: 'warn',
    why: 'The application is not told there when a person signs out, so their session in it stays open.',
    fix: 'Ask the application to correct its sign-out address.',
    ask: 'Use an absolute https:// address for sign-out.',
  },
  'metadata.passive-missing': {
    level: 'warn',
    why: 'Browsers cannot bring it tokens of WS-Federation; SAML 2.0 works.',
    fix: 'Ask for the PassiveRequestorEndpoint if the application is to use WS-Federation.',
    ask: 'Add a PassiveRequestorEndpoint with the address where browsers bring tokens.',
  },
  'metadata.realm-left-out': {
    level: 'warn',
    why: 'Requests for this realm are not recognised.',
    fix: 'Ask the application for its realms as URIs of at most 1024 characters.',
    ask: 'Use URIs without white space, of at most 1024 characters, as realms.',
  },
  'metadata.index-missing': {
    level: 'warn',
    why: 'Requests that name the address by its number cannot mean this one; it can be named by its address only.',
    fix: 'Ask the application to number its addresses.',
    ask: 'Give each AssertionConsumerService an index.',
  },
  'metadata.index-twice': {
    level: 'warn',
    why: 'A request that names this number means the first of them; the others can be named by their address only.',
    fix: 'Ask the application to number them apart.',
    ask: 'Number them apart.',
  },
  'metadata.default-missing': {
    level: 'warn',
    why: 'Where a request names no address the answer goes to the first that does not deny it (SAML Metadata 2.2.3).',
    fix: 'Ask the application which address is the default.',
    ask: 'Mark one AssertionConsumerService with isDefault="true".',
  },
  'metadata.default-twice': {
    level: 'warn',
    why: 'The first of them is taken, and the application may mean another.',
    fix: 'Ask the application which address is the default.',
    ask: 'Mark one of them only with isDefault="true".',
  },
  'metadata.certificate-ended': {
    level: 'warn',
    why: 'Only its key counts here, so it goes on working. Other software refuses it, and it may have been replaced long ago.',
    fix: 'Ask the application whether it still uses this key.',
    ask: 'Send metadata with a certificate that has not ended.',
  },
  'metadata.certificate-ends': {
    level: 'warn',
    why: 'The application will change its key around that day; when it changes before its metadata, its requests are refused.',
    fix: 'Ask for metadata that lists the next certificate beside this one.',
    ask: 'List the next certificate beside this one before you change over.',
  },
  'metadata.certificate-sha1': {
    level: 'warn',
    why: 'Only its key counts here, so it works. Other software refuses certificates signed with SHA-1.',
    fix: 'Ask for a certificate signed with SHA-256 when the application next changes its key.',
    ask: 'Use a certificate that is signed with SHA-256 or better.',
  },
  'metadata.key-unusable': {
    level: 'warn',
    why: 'The key was left out: it neither checks signatures nor encrypts.',
    fix: 'Ask the application for an RSA key, or a key on P-256, P-384 or P-521.',
    ask: 'Add an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521.',
  },
  'metadata.key-without-certificate': {
    level: 'warn',
    why: 'The key was left out: keys are read from certificates.',
    fix: 'Ask the application to put its certificate into X509Certificate.',
    ask: 'Put the certificate in base64 (DER) into X509Certificate.',
  },
  'metadata.nameid-old': {
    level: 'warn',
    why: 'E-mail addresses and account names change, and can pass to somebody else, who then is taken for the first person.',
    fix: 'Ask whether the application can work with a persistent name identifier.',
    ask: 'List urn:oasis:names:tc:SAML:2.0:nameid-format:persistent as a NameIDFormat if you can work with it.',
  },
  'metadata.assertions-unsigned': {
    level: 'warn',
    why: 'An assertion without a signature of its own can be taken out of its answer and used elsewhere.',
    fix: 'Leave sign at both (what happens unless set), and ask the application whether it checks signatures.',
    ask: 'Say WantAssertionsSigned="true", and check the signature of each assertion.',
  },
  'metadata.ends': {
    level: 'warn',
    why: 'From that moment its sign-ons are refused.',
    fix: 'Read the metadata again before, from an address where it is kept current.',
    ask: 'Send current metadata, or an address where it is kept current.',
  },
  'metadata.end-missing': {
    level: 'warn',
    why: 'Whoever stands between can serve an old copy for ever, with keys that were taken away long ago.',
    fix: 'Ask for metadata with validUntil.',
    ask: 'Give the root element a validUntil, two weeks ahead, and renew it in time.',
  },
  'metadata.end-far': {
    level: 'warn',
    why: 'Until then an old copy still counts, with keys that may have been taken away.',
    fix: 'Ask for metadata that ends sooner and is renewed.',
    ask: 'Use a validUntil of a few weeks, and renew it in time.',
  },
  'metadata.unsigned': {
    level: 'warn',
    why: 'Whoever can change the page, or stands between, can put their own keys and addresses in.',
    fix: 'Ask for signed metadata and its certificate; until then look at each change before it is applied.',
    ask: 'Sign the metadata on its root element, and tell us the certificate on another way.',
  },
  'metadata.signature-unchecked': {
    level: 'warn',
    why: 'Whether the file is whole was not checked.',
    fix: 'Ask for the certificate that the metadata is signed with.',
    ask: 'Put the certificate into the KeyInfo of the signature, or tell us which it is.',
  },
} as const satisfies Readonly<Record<string, FindingText>>;
