/** Metadata of a service provider, built from what a test wants to be odd about it. */

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const SAML = 'urn:oasis:names:tc:SAML:2.0';
export const SP_ENTITY_ID = 'https://app.example/saml/metadata';

export interface ProviderText {
  /** Inside SPSSODescriptor, in front of its reply addresses. */
  readonly inner?: string;
  readonly services?: string;
  /** Of SPSSODescriptor. */
  readonly attributes?: string;
  /** Of EntityDescriptor. */
  readonly root?: string;
  /** Behind the role. */
  readonly behind?: string;
}

/** With everything a person would miss, so that nothing is found but what the test puts in. */
export function providerText({ inner = '', services = acsText(0), attributes = '', root = '', behind = CONTACT }: ProviderText = {}): string {
  const role = `<md:SPSSODescriptor protocolSupportEnumeration="${SAML}:protocol"${attributes}>${UI}${inner}${services}</md:SPSSODescriptor>`;
  return `<md:EntityDescriptor xmlns:md="${MD}" entityID="${SP_ENTITY_ID}"${root}>\n${role}\n${behind}</md:EntityDescriptor>`;
}

const LOGO = '<mdui:Logo height="60" width="80">https://app.example/logo.png</mdui:Logo>';

/** mdui:UIInfo with a name in each of the languages. */
export function uiText(languages: readonly string[], logo = LOGO): string {
  const names = languages.map((language) => `<mdui:DisplayName xml:lang="${language}">Acme</mdui:DisplayName>`).join('');
  return `<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">${names}${logo}</mdui:UIInfo></md:Extensions>`;
}

const UI = uiText(['en']);

/** A contact with an address as it is to be written. */
export function contactText(address: string): string {
  return `<md:ContactPerson contactType="technical"><md:EmailAddress>${address}</md:EmailAddress></md:ContactPerson>`;
}

const CONTACT = contactText('mailto:ada@app.example');

export interface AcsOptions {
  readonly location?: string;
  readonly binding?: string;
  readonly isDefault?: string;
}

/** An AssertionConsumerService; without index for undefined. */
export function acsText(index: number | undefined, { location = 'https://app.example/acs', binding = 'HTTP-POST', isDefault }: AcsOptions = {}): string {
  const number = index === undefined ? '' : ` index="${String(index)}"`;
  const said = isDefault === undefined ? '' : ` isDefault="${isDefault}"`;
  return `<md:AssertionConsumerService Binding="${SAML}:bindings:${binding}" Location="${location}"${number}${said}/>`;
}

/** A KeyDescriptor around a certificate in base64. */
export function keyText(certificate: string, use?: string): string {
  const data = `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`;
  return `<md:KeyDescriptor${use === undefined ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${data}</ds:KeyInfo></md:KeyDescriptor>`;
}
