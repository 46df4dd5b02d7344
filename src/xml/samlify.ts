/**
 * The seam to samlify, the SAML toolkit of this product. Its IdentityProvider and ServiceProvider objects stand for the
 * two sides, and its createLoginResponse composes what leaves. The text it is handed is canonical and already signed:
 * it has no setting that signs nothing, and its own signer takes PEM text, is synchronous and costs ten times the
 * signature, so SamlLib.constructSAMLSignature is replaced, here and for the whole process, by one that leaves the
 * text as it is. Nothing that samlify verifies or inflates is relied on anywhere (docs/architecture.md).
 */
import { setFlagsFromString } from 'node:v8';
import samlify from 'samlify';
import { SignetError } from '../core/errors.js';
import type { RelyingParty } from '../core/model/relying-party.js';
import { BINDING } from './names.js';

const { IdentityProvider, SamlLib, ServiceProvider } = samlify;

SamlLib.constructSAMLSignature = (options): string => options.rawSamlMessage;

/**
 * samlify is compiled down to emulated generators, whose small arrays V8 learns to allocate as if they lived long. There
 * they keep the texts of each token alive until the next full collection, and every token is copied twice on its way.
 * Without that guess a round of sign-on costs an eighth less (docs/bench.md says how to measure).
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/** InResponseTo is in our text already. */
const NO_REQUEST = { extract: {} };

type Provider = ReturnType<typeof ServiceProvider>;

export interface SamlToolkit {
  /** The message for the POST binding, base64. */
  compose(relyingParty: RelyingParty, acsUrl: string, responseXml: string): Promise<string>;
}

/**
 * @param side our entity ID and the address of our SingleSignOnService
 */
export function createSamlToolkit(side: { readonly entityId: string; readonly ssoUrl: string }): SamlToolkit {
  const identityProvider = IdentityProvider({
    entityID: side.entityId,
    singleSignOnService: [{ Binding: BINDING.post, Location: side.ssoUrl, isDefault: true }],
    // Read by nobody: without one samlify writes a warning to the console.
    singleLogoutService: [{ Binding: BINDING.post, Location: side.ssoUrl, isDefault: true }],
    // Ids are in our text already.
    generateID: () => '',
  });
  // Keyed on the object: the registry keeps one per relying party as long as nothing changed.
  const providers = new WeakMap<RelyingParty, Provider>();
  return {
    compose: async (relyingParty, acsUrl, responseXml) => {
      let provider = providers.get(relyingParty);
      if (provider === undefined) {
        provider = createProvider(relyingParty, acsUrl);
        providers.set(relyingParty, provider);
      }
      const composed = await identityProvider.createLoginResponse(
        provider,
        NO_REQUEST,
        'post',
        {},
        {
          customTagReplacement: () => ({ id: '', context: responseXml }),
        },
      );
      const { context } = composed;
      if (typeof context !== 'string' || context === '') throw new SignetError('internal', 'the SAML toolkit composed nothing');
      return context;
    },
  };
}

/** From the facts it needs rather than the whole metadata, which it would parse with XPath (1.2 ms each). */
function createProvider(relyingParty: RelyingParty, acsUrl: string): Provider {
  return ServiceProvider({
    entityID: relyingParty.entityId,
    wantAssertionsSigned: relyingParty.sign !== 'response',
    assertionConsumerService: [{ Binding: BINDING.post, Location: acsUrl }],
  });
}
