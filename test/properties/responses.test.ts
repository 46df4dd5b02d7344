import { expect } from 'chai';
import fc from 'fast-check';
import { XmlDocument } from 'libxml2-wasm';
import { CLAIM, LOCAL_AUTHORITY, makeClaim } from '../../src/core/model/claim.js';
import { draftToken, type TokenDraft } from '../../src/core/issuance/token-draft.js';
import { asId } from '../../src/core/model/ids.js';
import { randomId } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import { writeResponse } from '../../src/protocols/saml/messages/response.js';
import { createSaml20Builder } from '../../src/tokens/saml20.js';
import { canonicalize } from '../../src/xml/canonical.js';
import { NS } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { attribute, childElements, exactText } from '../../src/xml/read.js';
import { printableName } from '../../src/directory/local.js';
import { createSamlToolkit } from '../../src/xml/samlify.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { anIssuanceRequest, aRelyingParty, issuers, NOW } from '../support/builders.js';
import { findAnywhere } from '../support/decrypt.js';
import { authnRequest, isForm, keyPairOf, redirectQuery, testIdpWith } from '../support/saml-idp.js';
import { schemaProblems } from '../support/xml-oracles.js';
import { anyText } from './texts.js';

/** As people can be called. */
const name = anyText.map((text) => printableName(text).trim()).filter((text) => text !== '');

/** What libxml2 sees as the text of the first element of that name; its binding at times drops a mark at the beginning. */
function seenByLibxml2(xml: string, path: string): string {
  const document = XmlDocument.fromString(xml);
  try {
    return markless(document.get(path, { saml: NS.saml })?.content ?? '');
  } finally {
    document.dispose();
  }
}

const markless = (text: string): string => text.replace(/^\uFEFF+/u, '');

describe('properties of what is issued', () => {
  const content = fc.record({
    attributes: fc.array(
      fc.record({
        name,
        nameFormat: fc.constant('urn:oasis:names:tc:SAML:2.0:attrname-format:uri'),
        friendlyName: anyText,
        values: fc.array(anyText, { maxLength: 3 }),
      }),
      {
        maxLength: 3,
      },
    ),
    name: fc.record({ value: anyText, format: fc.constant('urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified') }),
    sessionIndex: anyText,
  });

  it('an assertion reads back as it was planned, canonical, valid and verified (X14, CORE-33, CORE-36)', async () => {
    const pair = await keyPairOf('idp.example', 'P-256');
    const signer = createSigner({ keyId: asId('k'), ...pair });
    const build = createSaml20Builder({ keyRing: { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve([]) } });
    await fc.assert(
      fc.asyncProperty(content, anyText, async (planned, issuer) => {
        const request = anIssuanceRequest({ relyingParty: aRelyingParty({ audiences: ['https://app.example/a&b'] }) });
        const draft: TokenDraft = {
          ...draftToken({ issuers: issuers(issuer), makeId: randomId, now: () => NOW }, request, { ...planned, released: { attributes: planned.attributes } }),
        };
        const { serialized } = await build(draft);
        expect(canonicalize(parseXml(serialized), { inclusivePrefixes: ['xs', 'xsi'] })).to.equal(serialized);
        expect(schemaProblems(serialized)).to.deep.equal([]);
        const tree = verifyEnveloped(parseXml(serialized), [pair.certificate]);
        const texts = (local: string): string => {
          const found = findAnywhere(tree, NS.saml, local);
          return found === undefined ? '' : exactText(found);
        };
        expect([texts('Issuer'), texts('NameID'), texts('Audience')]).to.deep.equal([issuer, planned.name.value, 'https://app.example/a&b']);
        const statement = findAnywhere(tree, NS.saml, 'AttributeStatement');
        const read = (statement === undefined ? [] : childElements(statement)).map((one) => ({
          name: attribute(one, 'Name'),
          nameFormat: attribute(one, 'NameFormat'),
          friendlyName: attribute(one, 'FriendlyName'),
          values: childElements(one).map(exactText),
        }));
        expect(read).to.deep.equal(planned.attributes);
      }),
      { numRuns: 150 },
    );
  });

  it('a Response reads back as it was written, and samlify hands on the text octet by octet (X14)', async () => {
    const toolkit = createSamlToolkit({ entityId: 'https://idp.example', ssoUrl: 'https://idp.example/saml/sso' });
    const relyingParty = aRelyingParty();
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (issuer, destination, message) => {
        const { before, after } = writeResponse({
          id: '_1',
          issuer,
          destination,
          inResponseTo: '_2',
          issuedAt: NOW,
          status: { top: 'Responder', second: 'NoPassive', message },
          assertion: '',
        });
        const composed = Buffer.from(await toolkit.compose(relyingParty, 'https://app.example/acs', before + after), 'base64').toString();
        expect(composed).to.equal(before + after);
        const tree = parseXml(composed);
        const status = findAnywhere(tree, NS.samlp, 'StatusMessage');
        const named = findAnywhere(tree, NS.saml, 'Issuer');
        expect([attribute(tree, 'Destination'), status === undefined ? '' : exactText(status), named === undefined ? '' : exactText(named)]).to.deep.equal([
          destination,
          message,
          issuer,
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('whatever a user is called comes out as text, through the routes (X14)', async () => {
    await fc.assert(
      fc.asyncProperty(name, anyText, anyText, async (userName, displayName, group) => {
        const claims = [
          makeClaim(CLAIM.name, userName, LOCAL_AUTHORITY),
          makeClaim(CLAIM.displayName, displayName, LOCAL_AUTHORITY),
          makeClaim(CLAIM.group, group, LOCAL_AUTHORITY),
        ];
        const idp = await testIdpWith({ claims, algorithm: 'P-256' }, aRelyingParty());
        const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
        expect(schemaProblems(xml)).to.deep.equal([]);
        expect(seenByLibxml2(xml, '//saml:NameID')).to.equal(markless(userName));
        expect(seenByLibxml2(xml, "//saml:Attribute[@FriendlyName='displayName']/saml:AttributeValue")).to.equal(markless(displayName));
        expect(seenByLibxml2(xml, "//saml:Attribute[@FriendlyName='isMemberOf']/saml:AttributeValue")).to.equal(markless(group));
        expect(xml.match(/<saml:NameID/gu)).to.have.length(1);
        expect(xml.match(/<saml:Assertion/gu)).to.have.length(1);
      }),
      { numRuns: 60 },
    );
  });
});
