/** What decoding remarks on: the level and the remedy of each; the sentence quotes the values (docs/decode.md lists them). */
import type { Finding } from '../../core/model/finding.js';

const stop = (fix: string): Pick<Finding, 'level' | 'fix'> => ({ level: 'stop', fix });
const warn = (fix: string): Pick<Finding, 'level' | 'fix'> => ({ level: 'warn', fix });
const tip = (fix: string): Pick<Finding, 'level' | 'fix'> => ({ level: 'tip', fix });

const SENDER = 'The sender has to make it anew.';
const CAPTURE = 'For a recording that is to be expected; else look at the clocks of both sides.';

export const FINDINGS = {
  'xml.dtd': stop(`A document type declaration has no place in a message. ${SENDER}`),
  'xml.unreadable': stop(`It was cut or changed on its way, or is not XML. ${SENDER}`),
  'xml.comment': stop('Comments and CDATA cut values for some readers. Somebody tampered with it, or the sender must stop writing them.'),
  'xml.shape': stop(SENDER),
  'request.binding': stop('Every parameter may be there once, and a message belongs to one binding.'),
  'signature.wrong': stop('It was changed after it was signed, or signed in a way that is not accepted. Compare with what the sender has.'),
  'signature.unknown-key': warn('Give the certificate of the sender with --certificate, or read its metadata again: signet rp refresh'),
  'signature.missing': warn('Whoever carries it may have changed it. Let the sender sign.'),
  'signature.algorithm': warn('SHA-1, MD5, PKCS#1 v1.5 and 3DES are broken. Let the sender use RSA-SHA256, AES-GCM and RSA-OAEP.'),
  'assertion.several': stop('Readers differ in which one they take: that is how signatures are wrapped. Take none of them.'),
  'assertion.encrypted': tip('Only the application can open it; encrypt=never for a test shows the content: signet rp set APP encrypt=never'),
  'time.expired': warn(CAPTURE),
  'time.future': warn(CAPTURE),
  'destination.foreign': warn('The sender has to send it where our metadata says; let them read it again.'),
  'reply.unregistered': warn('Read the metadata of the application again, or add the address: signet rp set APP reply=URL'),
  'issuer.unknown': warn('Register it with: signet rp add FILE_OR_URL; identifiers are compared to the letter.'),
  'audience.unknown': warn('It is for an application that is not registered here, or spelled otherwise.'),
  'status.refused': tip('The reference in the message has the reason: signet trace REFERENCE'),
  'jwt.unsigned': stop('Anybody can write such a token. Accept none with the algorithm none.'),
  'jwt.symmetric': warn('Whoever can check it can make it, and only with the shared secret; it cannot be tried here.'),
  'hint.metadata': tip('What it says and lacks: signet lint FILE'),
  'hint.import': tip('See what would become of it: signet import adfs FILE'),
  'secret.hidden': tip('Values that open something are not shown. Delete the recording when it has served.'),
} as const satisfies Readonly<Record<string, Pick<Finding, 'level' | 'fix'>>>;

export type FindingId = keyof typeof FINDINGS;
