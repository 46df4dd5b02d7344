/** Rules whose claims have types and every property that tokens write. */
import { CLAIM, CLAIM_PROPERTY, XS_STRING } from '../../src/core/model/claim.js';

const XSD = XS_STRING.replace('string', '');

/** By the local name of the type. */
export const TYPED_VALUES: Readonly<Record<string, string>> = {
  integer: '-42',
  boolean: 'true',
  dateTime: '2026-11-25T08:00:00.5Z',
  base64Binary: 'AQID/+8=',
};

const PROPERTIES: Readonly<Record<string, string>> = {
  [CLAIM_PROPERTY.attributeName]: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  [CLAIM_PROPERTY.friendlyName]: 'so & so',
};

const NAME: Readonly<Record<string, string>> = {
  [CLAIM_PROPERTY.format]: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  [CLAIM_PROPERTY.nameQualifier]: 'urn:us?a=1&b=2',
  [CLAIM_PROPERTY.spNameQualifier]: 'urn:them',
};

const written = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([key, value]) => `, Properties["${key}"] = "${value}"`)
    .join('');

export const TYPED_RULES = [
  ...Object.entries(TYPED_VALUES).map(([type, value]) => `=> issue(Type = "http://claims.example/${type}", Value = "${value}", ValueType = "${XSD}${type}");`),
  // Not of the type it names: text, since readers would refuse the token.
  `=> issue(Type = "http://claims.example/not", Value = "four", ValueType = "${XSD}integer");`,
  `=> issue(Type = "described", Value = "a & b"${written(PROPERTIES)});`,
  `=> issue(Type = "${CLAIM.nameIdentifier}", Value = "maria"${written(NAME)});`,
].join('\n');
