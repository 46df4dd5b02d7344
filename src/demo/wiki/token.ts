/** A SAML 1.1 or 2.0 assertion as the Wiki reads it, from the octets that were signed and from nothing else. */
import { attributeOf, children, elements, everywhere, find, NS, readXml, textOf, Unreadable } from './xml.js';

export interface TokenClaim {
  readonly type: string;
  readonly values: readonly string[];
}

export interface Token {
  readonly version: 'SAML 1.1' | 'SAML 2.0';
  readonly id: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly name: string;
  readonly nameFormat: string;
  readonly bearer: boolean;
  /** Milliseconds; NaN when missing or unreadable. */
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  readonly authenticatedAt: number;
  readonly method: string;
  readonly claims: readonly TokenClaim[];
}

/** The only assertion in an answer, where it stands: inside RequestedSecurityToken. Throws Unreadable. */
export function findAssertion(root: Element): { readonly assertion: Element; readonly idName: 'AssertionID' | 'ID' } {
  const found = [...everywhere(root, NS.saml11, 'Assertion'), ...everywhere(root, NS.saml20, 'Assertion')];
  const [assertion] = found;
  if (assertion === undefined || found.length !== 1) throw new Unreadable(`There must be one assertion; there are ${String(found.length)}.`);
  const parent = assertion.parentNode;
  if (parent === null || !('localName' in parent) || parent.localName !== 'RequestedSecurityToken') {
    throw new Unreadable('The assertion is not where a token stands (RequestedSecurityToken).');
  }
  return { assertion, idName: assertion.namespaceURI === NS.saml11 ? 'AssertionID' : 'ID' };
}

/** Reads canonical text of an assertion. Throws Unreadable. */
export function readToken(xml: string): Token {
  const root = readXml(xml);
  if (root.localName !== 'Assertion') throw new Unreadable('What was signed is no assertion.');
  if (root.namespaceURI === NS.saml11) return readSaml11(root);
  if (root.namespaceURI === NS.saml20) return readSaml20(root);
  throw new Unreadable('What was signed is no assertion of SAML 1.1 or 2.0.');
}

/** SAML 1.1 Core 2.3.2, 2.4. */
function readSaml11(root: Element): Token {
  const statement = find(root, NS.saml11, 'AuthenticationStatement');
  const subject = find(statement, NS.saml11, 'Subject');
  const name = find(subject, NS.saml11, 'NameIdentifier');
  // Every statement names its subject; one assertion is about one.
  const names = everywhere(root, NS.saml11, 'NameIdentifier').map((entry) => `${attributeOf(entry, 'Format')} ${textOf(entry)}`);
  if (new Set(names).size !== 1) throw new Unreadable('The statements are not about one subject.');
  return {
    version: 'SAML 1.1',
    id: attributeOf(root, 'AssertionID'),
    issuer: attributeOf(root, 'Issuer'),
    ...readConditions(root, NS.saml11, 'AudienceRestrictionCondition', 'DoNotCacheCondition'),
    name: textOf(name),
    nameFormat: attributeOf(name, 'Format'),
    bearer: textOf(find(subject, NS.saml11, 'SubjectConfirmation', 'ConfirmationMethod')) === 'urn:oasis:names:tc:SAML:1.0:cm:bearer',
    authenticatedAt: Date.parse(attributeOf(statement, 'AuthenticationInstant')),
    method: attributeOf(statement, 'AuthenticationMethod'),
    claims: children(root, NS.saml11, 'AttributeStatement').flatMap((list) =>
      children(list, NS.saml11, 'Attribute').map((entry) => ({
        // The two halves of a claim type.
        type: `${attributeOf(entry, 'AttributeNamespace')}/${attributeOf(entry, 'AttributeName')}`,
        values: children(entry, NS.saml11, 'AttributeValue').map(textOf),
      })),
    ),
  };
}

/** SAML Core 2.3.3, 2.7. */
function readSaml20(root: Element): Token {
  const subject = find(root, NS.saml20, 'Subject');
  const name = find(subject, NS.saml20, 'NameID');
  const statement = find(root, NS.saml20, 'AuthnStatement');
  return {
    version: 'SAML 2.0',
    id: attributeOf(root, 'ID'),
    issuer: textOf(find(root, NS.saml20, 'Issuer')),
    ...readConditions(root, NS.saml20, 'AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'),
    name: textOf(name),
    nameFormat: attributeOf(name, 'Format'),
    bearer: attributeOf(find(subject, NS.saml20, 'SubjectConfirmation'), 'Method') === 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    authenticatedAt: Date.parse(attributeOf(statement, 'AuthnInstant')),
    method: textOf(find(statement, NS.saml20, 'AuthnContext', 'AuthnContextClassRef')),
    claims: children(root, NS.saml20, 'AttributeStatement').flatMap((list) =>
      children(list, NS.saml20, 'Attribute').map((entry) => ({
        type: attributeOf(entry, 'Name'),
        values: children(entry, NS.saml20, 'AttributeValue').map(textOf),
      })),
    ),
  };
}

/** A condition that is not understood makes the assertion unusable (SAML Core 2.5.1.1). */
function readConditions(root: Element, ns: string, audience: string, ...known: readonly string[]): Pick<Token, 'audiences' | 'notBefore' | 'notOnOrAfter'> {
  const conditions = find(root, ns, 'Conditions');
  if (conditions === undefined) throw new Unreadable('The assertion says not for whom and for when it is.');
  const strange = elements(conditions).find((entry) => entry.namespaceURI !== ns || ![audience, ...known].includes(entry.localName));
  if (strange !== undefined) throw new Unreadable(`The condition ${strange.nodeName} is not understood.`);
  // Several restrictions would all have to hold; nobody writes more than one.
  const restrictions = children(conditions, ns, audience);
  if (restrictions.length > 1) throw new Unreadable('The assertion restricts its audience more than once.');
  return {
    audiences: restrictions.flatMap((entry) => children(entry, ns, 'Audience').map(textOf)),
    notBefore: Date.parse(attributeOf(conditions, 'NotBefore')),
    notOnOrAfter: Date.parse(attributeOf(conditions, 'NotOnOrAfter')),
  };
}
