/** How tokens for a trust look and how people sign in for it: signatures, lifetimes, names, contexts, sources. */
import type { RelyingPartyOverrides, WhatIsSigned } from '../../core/model/relying-party.js';
import { SIGNATURE_METHODS } from '../../xml/algorithms.js';
import { show, showSeconds } from '../setting-values.js';
import type { Report } from './report.js';
import type { TrustReader } from './trust-reader.js';

type Tokens = Pick<
  RelyingPartyOverrides,
  'sign' | 'signatureAlgorithm' | 'lifetimeSeconds' | 'forceAuthn' | 'allowedAuthnContexts' | 'identitySources' | 'encryptNameId' | 'encrypt'
>;

const DEFAULT_MINUTES = 60;
/** As `rp set APP lifetime=` has it. */
const MOST_MINUTES = 600;
/** Every token holds from this much before it is made. */
const EARLY_MINUTES = 1;

/** AD FS's words; the number is the one that its database keeps for the default. */
const SIGNED: ReadonlyMap<string, WhatIsSigned> = new Map([
  ['assertiononly', 'assertion'],
  ['1', 'assertion'],
  ['messageonly', 'response'],
  ['messageandassertion', 'both'],
]);

/** The built-in directory under AD FS's name for it. */
const ACTIVE_DIRECTORY = /^active directory$/iu;
const OWN_DIRECTORY = 'local';

/** Accounts for all of these properties. @param about.saml whether it speaks SAML @param about.encryptionKeys how many keys there are to encrypt with */
export function readTokens(trust: TrustReader, about: { readonly saml: boolean; readonly encryptionKeys: number }, report: Report): Tokens {
  return {
    ...readSigning(trust, about.saml, report),
    ...readAlgorithm(trust, report),
    ...readLifetime(trust, report),
    ...readEncryption(trust, about.encryptionKeys, report),
    ...readSignIn(trust, report),
  };
}

function readSigning(trust: TrustReader, saml: boolean, report: Report): Tokens {
  if (!saml) {
    trust.leave('SamlResponseSignature', 'it speaks WS-Federation only, where the assertion is signed');
    return {};
  }
  const word = trust.text('SamlResponseSignature') ?? 'AssertionOnly';
  const sign = SIGNED.get(word.toLowerCase());
  trust.carry('SamlResponseSignature', `sign ${sign ?? 'both'}`);
  if (sign === undefined) {
    report.add('SamlResponseSignature', {
      id: 'adfs.signature-unknown',
      level: 'warn',
      sentence: `SamlResponseSignature is "${show(word)}", which is no word of AD FS: assertion and response are both signed.`,
      why: 'An application that wants one of them only may refuse the other.',
      fix: 'Look it up with Get-AdfsRelyingPartyTrust, and set it with: signet rp set APP sign=assertion',
    });
  }
  return { sign: sign ?? 'both' };
}

function readAlgorithm(trust: TrustReader, report: Report): Tokens {
  const uri = trust.text('SignatureAlgorithm');
  if (uri === undefined) return {};
  if (SIGNATURE_METHODS.has(uri)) {
    trust.carry('SignatureAlgorithm', `signature-algorithm ${uri.slice(uri.indexOf('#') + 1)}`);
    return { signatureAlgorithm: uri };
  }
  trust.leave('SignatureAlgorithm', 'Signet signs with SHA-256 or better only');
  report.add('SignatureAlgorithm', {
    id: 'adfs.signature-sha1',
    level: 'warn',
    sentence: `AD FS signs for it with ${show(uri)}; here it gets RSA with SHA-256.`,
    why: 'SHA-1 signatures can be forged, and are not made here. An application that reads nothing newer will refuse the token.',
    fix: 'Ask the application, or set SHA-256 for the trust in AD FS first and see whether sign-ins go on to work.',
    textForThem: 'We are going to sign with RSA and SHA-256 instead of SHA-1. Please make sure that your side accepts it, and tell us.',
  });
  return {};
}

function readLifetime(trust: TrustReader, report: Report): Tokens {
  const wanted = trust.count('TokenLifetime') ?? 0;
  const minutes = wanted === 0 ? DEFAULT_MINUTES : Math.min(wanted, MOST_MINUTES);
  trust.carry('TokenLifetime', `lifetime ${showSeconds(minutes * 60)}`);
  if (wanted > MOST_MINUTES) {
    report.add('TokenLifetime', {
      id: 'adfs.lifetime-long',
      level: 'warn',
      sentence: `Its tokens hold for ${showSeconds(wanted * 60)}; the longest here is ${showSeconds(MOST_MINUTES * 60)}.`,
      why: 'An application that takes the length of its own session from the token asks people to sign in more often.',
      fix: 'Ask the application for a session of its own, longer than the token.',
    });
  }
  const skew = trust.count('NotBeforeSkew') ?? 0;
  if (skew <= EARLY_MINUTES) trust.carry('NotBeforeSkew', 'every token holds from one minute before it is made');
  else {
    trust.leave('NotBeforeSkew', `every token holds from ${String(EARLY_MINUTES)} minute before it is made, none from ${String(skew)}`);
    report.add('NotBeforeSkew', {
      id: 'adfs.not-before-skew',
      level: 'tip',
      sentence: `AD FS dates its tokens ${String(skew)} minutes back; here they hold from one minute before they are made.`,
      why: 'An application whose clock is further behind than that refuses them.',
      fix: 'Keep its clock right (NTP).',
      textForThem: 'Please make sure that the clock of your server is right to the minute (NTP).',
    });
  }
  return { lifetimeSeconds: minutes * 60 };
}

function readEncryption(trust: TrustReader, keys: number, report: Report): Tokens {
  const claims = trust.flag('EncryptClaims', true);
  trust.carry('EncryptClaims', claims ? 'encrypt auto: with the key, where there is one' : 'encrypt never');
  const name = trust.flag('EncryptedNameIdRequired', false);
  trust.carry('EncryptedNameIdRequired', name ? 'encrypt-nameid true' : 'the name identifier leaves as it is');
  if (name && keys === 0) {
    report.add('EncryptedNameIdRequired', {
      id: 'adfs.encryption-key-missing',
      level: 'stop',
      sentence: 'The name identifier has to be encrypted, and there is no key to encrypt it with.',
      why: 'No token could be made.',
      fix: 'Ask the application for a certificate for encryption, set it in AD FS, and export again.',
      textForThem: 'Please send us the certificate that we should encrypt with.',
    });
  }
  return { ...(claims ? {} : { encrypt: 'never' as const }), ...(name ? { encryptNameId: true } : {}) };
}

function readSignIn(trust: TrustReader, report: Report): Tokens {
  const force = trust.flag('AlwaysRequireAuthentication', false);
  trust.carry('AlwaysRequireAuthentication', force ? 'force-authn true' : 'a session is enough');
  const contexts = trust.texts('AllowedAuthenticationClassReferences');
  trust.carry('AllowedAuthenticationClassReferences', contexts.length === 0 ? 'any sign-in' : `allowed-authn-contexts ${contexts.join(', ')}`);
  trust.leave('RequestMFAFromClaimsProviders', 'people cannot sign in through partners yet, so nothing is asked of one');
  const jwt = trust.flag('EnableJWT', false);
  trust.leave('EnableJWT', 'SAML tokens are issued; JWT for WS-Federation is not in this version');
  if (jwt) {
    report.add('EnableJWT', {
      id: 'adfs.jwt',
      level: 'warn',
      sentence: 'AD FS issues JWT for it; here it gets SAML tokens.',
      why: 'An application that reads JWT only cannot read them.',
      fix: 'Ask the application whether it reads SAML tokens, too.',
    });
  }
  return { ...(force ? { forceAuthn: true } : {}), ...(contexts.length === 0 ? {} : { allowedAuthnContexts: contexts }), ...readSources(trust, report) };
}

function readSources(trust: TrustReader, report: Report): Tokens {
  const names = trust.texts('ClaimsProviderName');
  const sameName = names.find((name) => name === OWN_DIRECTORY);
  const sources = [...new Set(names.map((name) => (ACTIVE_DIRECTORY.test(name) ? OWN_DIRECTORY : name === OWN_DIRECTORY ? `partner ${name}` : name)))];
  if (sameName !== undefined) noteSameName(sameName, report);
  trust.carry('ClaimsProviderName', sources.length === 0 ? 'people of every source' : `sources ${sources.join(', ')}`);
  if (sources.length === 0) return {};
  if (!sources.includes(OWN_DIRECTORY)) {
    report.add('ClaimsProviderName', {
      id: 'adfs.partners-only',
      level: 'tip',
      sentence: `Only people of ${sources.join(', ')} may use it, and nobody can sign in through partners yet: nobody gets in.`,
      why: 'People of the built-in directory were never meant to.',
      fix: 'Let it stay with AD FS for now, or let people of the directory in with: signet rp set APP sources=local',
    });
  }
  return { identitySources: sources };
}

/** A partner of that name is not the built-in directory, whose people it would let in. */
function noteSameName(name: string, report: Report): void {
  report.add('ClaimsProviderName', {
    id: 'adfs.source-name',
    level: 'warn',
    sentence: `The claims provider "${name}" of AD FS has the name of the built-in directory here; it is called "partner ${name}".`,
    why: 'People of the built-in directory are not those of that partner.',
    fix: 'If they are the same people, let them in with: signet rp set APP sources=local',
  });
}
