/** The issuer put together so that nothing it makes counts: for preview, explain and compare. */
import { createPreview, type MakePreview } from '../admin/preview.js';
import type { Settings } from '../config/settings.js';
import { releaseClaims } from '../core/claims/release.js';
import { authorize } from '../core/issuance/access-policy.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../core/issuance/authn-policy.js';
import { createIssuer } from '../core/issuance/issue.js';
import { chooseName } from '../core/issuance/name-identifier.js';
import { draftToken } from '../core/issuance/token-draft.js';
import { asId } from '../core/model/ids.js';
import type { Clock, KeyRing, PersistentNames } from '../core/ports.js';
import { makeKeyPair } from '../crypto/certificate.js';
import { randomId } from '../crypto/random.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { createSigner } from '../crypto/signer.js';
import type { Storage } from '../storage/open.js';
import { createSaml11Builder } from '../tokens/saml11.js';
import { createSaml20Builder } from '../tokens/saml20.js';
export { readAssertion } from '../tokens/read-assertion.js';
import { assembleClaims } from './claims.js';

export interface PreviewSources {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
}

/** Previews over the real store, people and attribute stores. */
export function assemblePreview({ settings, storage, box, clock, onError }: PreviewSources): { readonly preview: MakePreview; close(): Promise<void> } {
  const { stores, names, makeInput, subjectOf, isIntranet } = assembleClaims({
    settings,
    storage,
    box,
    clock,
    onError,
    persistentNames: readOnly(storage.persistentNames),
    pairwiseKeys: { get: (name) => storage.storedSettings.get(name), replace: () => Promise.resolve() },
  });
  const { entityId, wsfedIssuer } = settings;
  const issuers = { saml: entityId, wsfed: wsfedIssuer, wstrust: wsfedIssuer, oauth: entityId };
  const keyRing = throwAwayKeys(clock);
  const preview = createPreview({
    users: storage.users,
    relyingParties: storage.relyingParties,
    subjectOf,
    isIntranet,
    contextClass: CONTEXT_PASSWORD_PROTECTED,
    clock,
    issue: (refused) =>
      createIssuer({
        confirm: () => Promise.resolve(),
        makeInput,
        authorize: async (request, input) => {
          try {
            await authorize(request, input);
          } catch (error) {
            // What they would get is worth seeing as well.
            refused(error);
          }
        },
        collectClaims: releaseClaims,
        chooseName: (request, released) => chooseName(names, request, released.name),
        sessionIndex: () => '_preview',
        draft: (request, content) => draftToken({ issuers, makeId: randomId, now: clock.now }, request, content),
        builders: { saml20: createSaml20Builder({ keyRing }), saml11: createSaml11Builder({ keyRing }) },
        addParticipant: () => Promise.resolve(true),
        record: () => Promise.resolve(),
      }),
  });
  return { preview, close: () => stores.close() };
}

/** A name that does not exist yet is shown as one that would be made, and is not made. */
function readOnly(names: PersistentNames): Pick<PersistentNames, 'find' | 'findOrCreate'> {
  return { find: (...about) => names.find(...about), findOrCreate: async (userId, qualifier, candidate) => (await names.find(userId, qualifier)) ?? candidate };
}

/** One key for the life of the command, made when it is first needed. */
function throwAwayKeys(clock: Clock): KeyRing {
  let made: ReturnType<KeyRing['signerFor']> | undefined;
  const make = async (): ReturnType<KeyRing['signerFor']> => {
    const now = clock.now();
    const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'preview: trust no token of this key', notBefore: now, notAfter: now + 60_000 });
    return createSigner({ keyId: asId('preview'), ...pair });
  };
  return { signerFor: () => (made ??= make()), published: () => Promise.resolve([]) };
}
