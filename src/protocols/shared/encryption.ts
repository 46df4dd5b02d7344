/** Tokens towards applications that have an encryption key: the same rules for every protocol (SAML Core 6, WS-Federation 13.6). */
import type { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import type { EncryptionKey, RelyingParty } from '../../core/model/relying-party.js';
import type { TokenType } from '../../core/model/security-token.js';
import { chooseEncryption, encryptElement, encryptionKeyFor, nameKeyFor } from '../../xml/encrypt.js';
import { NS } from '../../xml/names.js';
import { element } from '../../xml/write.js';

/**
 * The key a token is going to be encrypted with, or undefined where it leaves in the clear; a name that has to be encrypted needs a key, too. Decided before anything is
 * issued: a token that cannot be sent must not be on record as sent. Throws check encryption.possible.
 */
export function checkEncryption(relyingParty: RelyingParty, trace: Trace): EncryptionKey | undefined {
  const key = encryptionKeyFor(relyingParty);
  trace.check(
    'encryption.possible',
    (key !== undefined || !isWanted(relyingParty)) && (!relyingParty.encryptNameId || nameKeyFor(relyingParty) !== undefined),
    {
      observed: relyingParty.name,
      expected:
        relyingParty.encryptionKeys.length === 0
          ? 'its metadata carries no encryption key'
          : 'its encryption keys list only algorithms that are not written here',
    },
  );
  const choice = key === undefined ? undefined : chooseEncryption(key);
  if (choice !== undefined) trace.step('encryption', `${choice.content} under ${choice.transport}`);
  return key;
}

function isWanted({ encrypt, encryptionKeys }: RelyingParty): boolean {
  return encrypt === 'always' || (encrypt === 'auto' && encryptionKeys.length > 0);
}

/**
 * The assertion as it leaves, encrypted when there is a key for it: saml:EncryptedAssertion for SAML 2.0; for SAML 1.1,
 * which has no such element, xenc:EncryptedData itself (WSS SAML token profile 1.1). Throws unsupported_request when the
 * key went since checkEncryption saw it.
 */
export function protectAssertion(assertion: string, type: TokenType, relyingParty: RelyingParty): string {
  const key = encryptionKeyFor(relyingParty);
  if (key === undefined) {
    if (isWanted(relyingParty)) throw new SignetError('unsupported_request', 'there is no key any more to encrypt the token with');
    return assertion;
  }
  const data = encryptElement(assertion, key, { recipient: relyingParty.entityId });
  return type === 'saml11' ? data : element('saml:EncryptedAssertion', { 'xmlns:saml': NS.saml }, data);
}

/** True when what leaves is encrypted by CBC, which lets a ciphertext be changed and tried (SAML errata E93). */
export function isUnauthenticated(relyingParty: RelyingParty): boolean {
  const key = encryptionKeyFor(relyingParty);
  return key !== undefined && chooseEncryption(key)?.authenticated === false;
}
