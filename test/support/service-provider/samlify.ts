/** An application on samlify. In a process without Signet: there samlify signs nothing (src/xml/samlify.ts). */
import samlify from 'samlify';
import { schemaProblems } from '../xml-oracles.js';
import { asValues, type Party, type Profile, type Toolkit, type Wish } from './toolkit.js';

const { Constants, IdentityProvider, ServiceProvider, setSchemaValidator } = samlify;

setSchemaValidator({
  validate: (xml) => {
    const problems = schemaProblems(xml);
    return problems.length === 0 ? Promise.resolve('valid') : Promise.reject(new Error(problems.join('; ')));
  },
});

/** Where the signature of a request stands (SAML Core 3.2.1); without it samlify takes the place in a Response. */
const AFTER_ISSUER = { prefix: 'ds', location: { reference: "/*[local-name(.)='AuthnRequest']/*[local-name(.)='Issuer']", action: 'after' } } as const;

export function createSamlify(party: Party): Toolkit {
  const ours = ServiceProvider({
    entityID: party.entityId,
    authnRequestsSigned: party.signsRequests,
    wantAssertionsSigned: party.wantsSigned.includes('assertion'),
    wantMessageSigned: party.wantsSigned.includes('response'),
    assertionConsumerService: [{ Binding: Constants.namespace.binding.post, Location: party.acs, isDefault: true }],
    nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    allowCreate: true,
    ...(party.signsRequests
      ? {
          signingCert: party.certificate,
          privateKey: party.privateKey,
          requestSignatureAlgorithm: Constants.algorithms.signature.RSA_SHA256,
          signatureConfig: AFTER_ISSUER,
        }
      : {}),
    ...(party.decrypts ? { encryptCert: party.certificate, encPrivateKey: party.privateKey } : {}),
  });
  const theirs = IdentityProvider({
    // It signs only where both sides' metadata say so; ours says that it need not.
    metadata: party.signsRequests ? party.idpMetadata.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"') : party.idpMetadata,
    isAssertionEncrypted: party.decrypts,
    requestSignatureAlgorithm: Constants.algorithms.signature.RSA_SHA256,
    messageSigningOrder: 'encrypt-then-sign',
  });
  const asked = new Set<string>();
  return {
    metadata: () => ours.getMetadata(),
    ask: ({ relayState, forceAuthn }: Wish) => {
      const { id, context, ...more } = ours.createLoginRequest(theirs, party.binding, { relayState, forceAuthn });
      asked.add(id);
      if (party.binding === 'redirect') return Promise.resolve({ kind: 'redirect', location: context });
      const endpoint = 'entityEndpoint' in more && typeof more.entityEndpoint === 'string' ? more.entityEndpoint : '';
      return Promise.resolve({ kind: 'page', html: formPage(endpoint, { SAMLRequest: context, RelayState: relayState }) });
    },
    accept: async (form) => {
      const { extract } = await ours.parseLoginResponse(theirs, 'post', { body: { ...form } });
      const inResponseTo = extract.response?.['inResponseTo'];
      // samlify leaves this to its user.
      if (typeof inResponseTo === 'string' && inResponseTo !== '' && !asked.delete(inResponseTo)) throw new Error('an answer to no request');
      const { nameID, attributes, sessionIndex } = extract;
      return {
        nameId: nameID ?? '',
        nameIdFormat: '',
        sessionIndex: String(sessionIndex?.['sessionIndex'] ?? ''),
        attributes: Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, asValues(value)])),
      } satisfies Profile;
    },
  };
}

function formPage(action: string, fields: Readonly<Record<string, string>>): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
  return `<!doctype html><title>Going to sign in</title><body><form method="post" action="${escape(action)}">${inputs.join('')}<button>Go</button></form></body>`;
}
