/** Looks for what is wrong, and says what to do. Only what is really looked at is reported. */
import { everyApplication } from './every-application.js';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { checkReplyAddress } from '../core/model/reply-address.js';
import { type RelyingPartyRecord, resolveRelyingParty } from '../core/model/relying-party.js';
import type { SigningKey } from '../core/model/signing-key.js';
import type { Clock, MetadataHistory, RelyingParties, SigningKeys, Users } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { readCertificate } from '../crypto/certificate.js';
import { sealContext } from '../crypto/key-ring.js';
import type { SecretBox } from '../crypto/secret-box.js';
import type { Finding } from './doctor-finding.js';
import { examineSources } from './metadata-doctor.js';
import { nameOf } from './relying-party-names.js';

export type { Finding } from './doctor-finding.js';

export interface DoctorParts {
  readonly users: Pick<Users, 'count'>;
  readonly relyingParties: Pick<RelyingParties, 'list' | 'findById'>;
  readonly metadataHistory: Pick<MetadataHistory, 'overview'>;
  readonly signingKeys: Pick<SigningKeys, 'list'>;
  readonly box: SecretBox;
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;
const CERTIFICATE_WARNING_MS = 60 * DAY_MS;
const METADATA_WARNING_MS = 7 * DAY_MS;

/** Everything wrong with what is stored: keys, people, applications. */
export async function examine(parts: DoctorParts): Promise<readonly Finding[]> {
  const keys = await parts.signingKeys.list();
  const now = parts.clock.now();
  return [
    ...examineKeys(keys, parts.box, now),
    ...((await parts.users.count({ administrators: true })) === 0 ? [NO_ADMINISTRATOR] : []),
    ...(await examineApplications(parts.relyingParties, keys, now)),
    ...(await examineSources(parts)),
  ];
}

const NO_ADMINISTRATOR: Finding = {
  id: 'user.no-administrator',
  level: 'warning',
  sentence: 'There is no administrator.',
  fix: 'Open the link that signet serve prints when it starts, or use: signet user add NAME --password-stdin --admin',
};

function examineKeys(keys: readonly SigningKey[], box: SecretBox, now: number): readonly Finding[] {
  const active = keys.find((key) => key.state === 'active');
  const missing: Finding = {
    id: 'key.none-active',
    level: 'problem',
    sentence: 'There is no active signing key, so nothing can be issued.',
    fix: keys.length === 0 ? 'Start a node: signet serve makes the first key.' : 'Make one with: signet keys rotate, then: signet keys promote --force',
  };
  return [...(active === undefined ? [missing] : []), ...keys.flatMap((key) => examineKey(key, box, now))];
}

function examineKey(key: SigningKey, box: SecretBox, now: number): readonly Finding[] {
  if (key.state === 'retired') return [];
  const problem = openingProblem(key, box);
  if (problem !== undefined) {
    return [
      {
        id: 'key.not-usable',
        level: 'problem',
        sentence: `The ${key.state} key ${key.id} cannot be used: ${problem}.`,
        fix: 'Put back the SIGNET_SECRET_KEY it was made under.',
      },
    ];
  }
  if (key.expiresAt < now) {
    return [
      {
        id: 'key.certificate-ended',
        level: 'problem',
        sentence: `The certificate of the ${key.state} key ${key.id} ended on ${day(key.expiresAt)}; some applications refuse it.`,
        fix: 'Make a new key with: signet keys rotate, then: signet keys promote',
      },
    ];
  }
  if (key.expiresAt - now > CERTIFICATE_WARNING_MS) return [];
  return [
    {
      id: 'key.certificate-ends',
      level: 'warning',
      sentence: `The certificate of the ${key.state} key ${key.id} ends on ${day(key.expiresAt)}.`,
      fix: 'Make the next key in time with: signet keys rotate',
    },
  ];
}

/** Opens the key under the secret key and compares it with its certificate. */
function openingProblem(key: SigningKey, box: SecretBox): string | undefined {
  try {
    const privateKey = createPrivateKey({ key: box.open(key.sealedPrivateKey, sealContext(key.id)), format: 'der', type: 'pkcs8' });
    const same = createPublicKey(privateKey).equals(readCertificate(key.certificate).publicKey);
    return same ? undefined : 'it does not belong to its certificate';
  } catch (error) {
    return error instanceof Error ? error.message : 'it is not readable';
  }
}

async function examineApplications(relyingParties: Pick<RelyingParties, 'list'>, keys: readonly SigningKey[], now: number): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const record of everyApplication(relyingParties)) {
    if (record.enabled) findings.push(...examineApplication(record, keys, now));
  }
  return findings;
}

function examineApplication(record: RelyingPartyRecord, keys: readonly SigningKey[], now: number): readonly Finding[] {
  const { metadata, overrides } = record;
  const { entityId, validUntil } = metadata;
  const party = resolveRelyingParty(record);
  const name = nameOf(record);
  const refresh = `Ask for current metadata, and use: signet rp refresh ${shellWord(entityId)}`;
  const findings: Finding[] = [];
  if (validUntil !== undefined && validUntil < now) {
    findings.push({
      id: 'rp.metadata-ended',
      level: 'problem',
      sentence: `The metadata of ${name} ended on ${day(validUntil)}, so its sign-ons are refused.`,
      fix: refresh,
    });
  } else if (validUntil !== undefined && validUntil - now < METADATA_WARNING_MS) {
    findings.push({ id: 'rp.metadata-ends', level: 'warning', sentence: `The metadata of ${name} ends on ${day(validUntil)}.`, fix: refresh });
  }
  const clear = party.replyAddresses.find(({ url }) => checkReplyAddress(url) !== undefined);
  if (clear !== undefined) {
    findings.push({
      id: 'rp.http-reply',
      level: 'warning',
      sentence: `${name} receives its tokens in the clear, at ${clear.url}.`,
      fix: 'Ask the application for an https address, and refresh its metadata.',
    });
  }
  if (party.encrypt === 'always' && party.encryptionKeys.length === 0) {
    findings.push({
      id: 'rp.no-encryption-key',
      level: 'problem',
      sentence: `${name} is set to encrypt=always, and its metadata has no key for it.`,
      fix: refresh,
    });
  }
  if (party.requireSignedRequests && party.signingCertificates.length === 0) {
    findings.push({
      id: 'rp.no-signing-certificate',
      level: 'problem',
      sentence: `${name} must sign its requests, and its metadata has no certificate to check them with.`,
      fix: refresh,
    });
  }
  if (overrides.signingKey !== undefined && !keys.some((key) => key.id === overrides.signingKey && key.state !== 'retired')) {
    findings.push({
      id: 'rp.signing-key-gone',
      level: 'warning',
      sentence: `${name} is set to the signing key ${overrides.signingKey}, which does not sign any more; the active key signs for it.`,
      fix: `Clear it with: signet rp set ${shellWord(entityId)} signing-key=`,
    });
  }
  return findings;
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
