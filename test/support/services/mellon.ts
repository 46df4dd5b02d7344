/** mod_auth_mellon in front of some places of an Apache: another make of application altogether (lasso, xmlsec). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApache } from './apache.js';
import type { Instance } from './instance.js';
import { send } from '../browser.js';
import { ONE_SET_OF_CLAIMS } from '../one-rule-set.js';

/** Shown in X-Sent-0 and so on. */
const SENT_BY_RULES = ONE_SET_OF_CLAIMS.map(({ name }) => name);

/** One application: everything under /NAME/ asks for a sign-on. */
export interface Place {
  readonly name: string;
  readonly signsRequests: boolean;
  readonly decrypts: boolean;
  readonly idpMetadata: string;
  /** What its metadata lists, and its requests ask for; transient unless given. */
  readonly nameIdFormat?: string;
}

export interface Mellon extends Instance {
  readonly origin: string;
  url(place: string): string;
  /** What it says about itself. */
  metadata(place: string): Promise<string>;
  /** Where its own sign-out begins, and where it ends. */
  logoutUrl(place: string, back: string): string;
}

/** @param keys PEM, for all of them */
export async function startMellon(places: readonly Place[], keys: { readonly certificate: string; readonly privateKey: string }): Promise<Mellon> {
  const instance = await startApache({
    modules: ['authz_user', 'auth_mellon'],
    places: places.map(({ name }) => name),
    prepare: (folder) => {
      writeFileSync(join(folder, 'app.crt'), keys.certificate);
      writeFileSync(join(folder, 'app.key'), keys.privateKey);
      for (const { name, idpMetadata } of places) writeFileSync(join(folder, `${name}.idp.xml`), idpMetadata);
    },
    configuration: (folder, port) => {
      for (const place of places)
        writeFileSync(join(folder, `${place.name}.xml`), describe(place, `http://127.0.0.1:${String(port)}/${place.name}/mellon`, keys.certificate));
      return [`ServerName 127.0.0.1:${String(port)}`, 'LogLevel warn auth_mellon:info', ...places.flatMap((place) => location(folder, place))];
    },
  });
  const origin = `http://127.0.0.1:${String(instance.port)}`;
  return {
    ...instance,
    origin,
    url: (place) => `${origin}/${place}/`,
    logoutUrl: (place, back) => `${origin}/${place}/mellon/logout?ReturnTo=${encodeURIComponent(back)}`,
    metadata: async (place) => (await send(`${origin}/${place}/mellon/metadata`)).body,
  };
}

/** What it makes itself says that requests are signed, whether or not it has a key. */
function describe(
  { signsRequests, decrypts, nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }: Place,
  endpoint: string,
  certificate: string,
): string {
  const base64 = certificate.replaceAll(/-----[^-]*-----|\s/gu, '');
  const key = (use: string): string =>
    `<KeyDescriptor use="${use}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${base64}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;
  return [
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${endpoint}/metadata">`,
    `<SPSSODescriptor AuthnRequestsSigned="${String(signsRequests)}" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`,
    ...(signsRequests ? [key('signing')] : []),
    ...(decrypts ? [key('encryption')] : []),
    ...(signsRequests ? [`<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${endpoint}/logout"/>`] : []),
    `<NameIDFormat>${nameIdFormat}</NameIDFormat>`,
    `<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${endpoint}/postResponse"/>`,
    '</SPSSODescriptor></EntityDescriptor>',
  ].join('');
}

function location(folder: string, { name }: Place): readonly string[] {
  return [
    `<Location /${name}>`,
    '  MellonEnable auth',
    `  MellonEndpointPath /${name}/mellon`,
    `  MellonIdPMetadataFile ${folder}/${name}.idp.xml`,
    `  MellonSPMetadataFile ${folder}/${name}.xml`,
    // It wants a key even where it uses none.
    `  MellonSPCertFile ${folder}/app.crt`,
    `  MellonSPPrivateKeyFile ${folder}/app.key`,
    '  MellonSecureCookie Off',
    `  MellonVariable cookie-${name}`,
    '  MellonMergeEnvVars On ";"',
    '  MellonSetEnvNoPrefix MAIL urn:oid:0.9.2342.19200300.100.1.3',
    '  MellonSetEnvNoPrefix GROUPS urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
    ...SENT_BY_RULES.map((name, index) => `  MellonSetEnvNoPrefix SENT_${String(index)} ${name}`),
    '  Require valid-user',
    ...SENT_BY_RULES.map((_, index) => `  Header set X-Sent-${String(index)} "%{SENT_${String(index)}}e" env=SENT_${String(index)}`),
    '  Header set X-Remote-User "%{MELLON_NAME_ID}e"',
    '  Header set X-Mail "%{MAIL}e"',
    '  Header set X-Groups "%{GROUPS}e"',
    '</Location>',
  ];
}
