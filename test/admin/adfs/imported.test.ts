import { expect } from 'chai';
import { textsOf } from '../../../src/admin/adfs/trust-reader.js';
import { createPartnerAdmin } from '../../../src/admin/partner-idps.js';
import type { Preview } from '../../../src/admin/preview.js';
import { thrownBy } from '../../support/builders.js';
import { ADFS_TRUSTS, adfsTrust, type AdfsTrustName, readTrust } from '../../support/adfs-exports.js';
import { CHANGE, DOING, type Installation, openInstallation } from './installation.js';

const NAMES = Object.keys(ADFS_TRUSTS) as readonly AdfsTrustName[];

describe('what was imported from AD FS', () => {
  let here: Installation;
  const open = async (): Promise<void> => {
    here = await openInstallation();
  };
  const close = (): Promise<void> => here.close();

  describe('issues what AD FS issued', () => {
    const NAME_ID = 'urn:oasis:names:tc:SAML:';
    before(async () => {
      await open();
      await here.run(
        NAMES.map((name) => readTrust(name)),
        { includeLook: true },
      );
    });
    after(close);

    const issued = (name: AdfsTrustName, protocol: 'saml' | 'wsfed'): Promise<Preview> =>
      here.preview({
        user: 'maria',
        application: textsOf(adfsTrust(name)['Identifier'])[0] ?? '',
        protocol,
        methods: ['pwd'],
        address: '10.20.0.7',
      });
    const claims = ({ claims: { released } }: Preview): Readonly<Record<string, readonly string[]>> =>
      Object.fromEntries(
        released.filter(({ otherwise }) => otherwise === undefined).map(({ claim, values }) => [claim.slice(claim.lastIndexOf('/') + 1), values]),
      );
    const nameOf = ({ token, refusal }: Preview): readonly unknown[] => [refusal?.message, token?.name.value, token?.name.format.replace(NAME_ID, '')];

    for (const [name, protocol, expectedName, expected] of [
      [
        'Slack',
        'saml',
        ['CORP\\maria', '2.0:nameid-format:persistent'],
        { 'User.Email': ['maria@corp.example'], 'User.Username': ['maria'], first_name: ['Maria'], last_name: ['Silva'] },
      ],
      ['Salesforce', 'saml', ['maria@corp.example', '1.1:nameid-format:unspecified'], {}],
      ['ServiceNow', 'saml', ['maria@corp.example', '1.1:nameid-format:emailAddress'], { emailaddress: ['maria@corp.example'] }],
      ['Google', 'saml', ['maria@corp.example', '1.1:nameid-format:emailAddress'], { emailaddress: ['maria@corp.example'] }],
      [
        'AWS',
        'saml',
        ['CORP\\maria', '2.0:nameid-format:persistent'],
        { RoleSessionName: ['maria'], Role: ['CL-AWS-123456789012-Admin'], SessionDuration: ['43200'] },
      ],
      [
        'SharePoint',
        'wsfed',
        undefined,
        { emailaddress: ['maria@corp.example'], role: ['corp.example\\Sales', 'corp.example\\CL-AWS-123456789012-Admin'], upn: ['maria@corp.example'] },
      ],
    ] as const) {
      it(`${name}, over ${protocol}`, async () => {
        const token = await issued(name, protocol);
        if (expectedName !== undefined) expect(nameOf(token)).to.deep.equal([undefined, ...expectedName]);
        expect(token.refusal?.message).to.equal(undefined);
        expect(claims(token)).to.deep.equal(expected);
      });
    }

    it('Dynamics, over WS-Federation, with the SID and the account name', async () => {
      const token = await issued('Dynamics', 'wsfed');
      expect(Object.keys(claims(token))).to.deep.equal(['upn', 'primarysid', 'name']);
      expect(claims(token)['name']).to.deep.equal(['CORP\\maria']);
    });

    it('Microsoft 365, over WS-Federation, with the issuer of each of two domains', async () => {
      const token = await issued('Microsoft 365', 'wsfed');
      expect([token.tokenType, token.refusal?.message, token.token?.issuer]).to.deep.equal(['saml11', undefined, 'http://corp.example/adfs/services/trust/']);
      expect(claims(token)['ImmutableID']).to.deep.equal([token.token?.name.value]);
      const maria = await here.storage.users.findByName('maria');
      if (maria === undefined) throw new Error('gone');
      await here.storage.users.save({ ...maria, attributes: { userPrincipalName: ['maria@sales.example'] } }, CHANGE);
      const other = await here.preview({ user: 'maria', application: 'urn:federation:MicrosoftOnline', protocol: 'wsfed', methods: ['pwd'] });
      expect(other.token?.issuer).to.equal('http://sales.example/adfs/services/trust/');
    });

    it('nobody where AD FS would let nobody in', async () => {
      const token = await issued('Nobody allowed', 'saml');
      expect(token.refusal?.check?.id).to.equal('user.authorized');
      expect((await issued('Group rules', 'saml')).refusal?.check?.id).to.equal('user.authorized');
      expect((await issued('Own policy', 'saml')).refusal?.check?.id).to.equal('user.policy');
      expect((await issued('Group policy', 'saml')).refusal?.check?.id, 'in Sales').to.equal(undefined);
      expect((await issued('Other claims provider', 'saml')).refusal?.check?.id, 'of no partner').to.equal('user.source');
      expect((await issued('Several claims providers', 'saml')).refusal?.check?.id, 'of Active Directory').to.equal(undefined);
    });
  });

  describe('of partners', () => {
    beforeEach(open);
    afterEach(close);

    const partners = (): ReturnType<typeof createPartnerAdmin> =>
      createPartnerAdmin({ storedSettings: here.storage.storedSettings, catalogue: () => Promise.resolve(here.context.catalogue) });

    it('keeps what is known of them, with every property accounted for', async () => {
      const { entries } = await here.plan([readTrust('Partner by SAML')], { includeLook: true });
      const { conversion } = entries[0] ?? {};
      const accounted = [...(conversion?.carried ?? []), ...(conversion?.leftBehind ?? [])].map(({ property }) => property);
      expect(accounted).to.include.members(
        'AcceptanceTransformRules, OrganizationalAccountSuffix, TokenSigningCertificates, RequiredNameIdFormat, AllowCreate, SamlAuthenticationRequestIndex, SamlAuthenticationRequestParameters, SamlAuthenticationRequestProtocolBinding, SupportsMFA, AnchorClaimType'.split(
          ', ',
        ),
      );
      expect(new Set(accounted).size).to.equal(accounted.length);
      await here.run([readTrust('Partner by SAML'), readTrust('Partner by WS-Fed')], { includeLook: true });
      const found = await partners().find('partner by saml');
      expect(found).to.deep.include({
        identifier: 'https://sso.partner.example/idp',
        domains: ['partner.example', 'sales.partner.example'],
        protocols: ['saml'],
        notes: 'Ask for Ms Berger',
        secondFactor: true,
      });
      expect(found.certificates).to.have.length(2);
      expect(found.requests).to.deep.include({ signed: true, allowCreate: false, parameters: 'Index', index: 1 });
      expect(found.endpoints.map(({ use }) => use)).to.deep.equal(['single-sign-on', 'single-sign-on', 'logout']);
      expect((await partners().list()).map(({ name }) => name)).to.deep.equal(['Partner by WS-Fed', 'Partner by SAML']);
    });

    it('leaves the directory of the company to the built-in one', async () => {
      const { entries } = await here.plan([readTrust('Active Directory')], { includeLook: true });
      expect(entries.map(({ action, conversion }) => [action, conversion.findings[0]?.id, conversion.rules.length])).to.deep.equal([
        ['leave', 'adfs.own-directory', 2],
      ]);
    });

    it('takes other acceptance rules, and is taken away', async () => {
      await here.run([readTrust('Partner by WS-Fed')], { includeLook: true });
      const { partner, changed } = await partners().setRules('Partner by WS-Fed', 'c:[] => issue(claim = c);', DOING);
      expect([changed, partner.acceptance]).to.deep.equal([true, 'c:[] => issue(claim = c);']);
      expect((await thrownBy(() => partners().setRules('Partner by WS-Fed', 'c:[', DOING))).message).to.match(/^line 1, column /u);
      await partners().remove('Partner by WS-Fed', DOING);
      expect((await thrownBy(() => partners().find('Partner by WS-Fed'))).message).to.equal(
        'Partner by WS-Fed is not a partner IdP here; see: signet idp list',
      );
    });
  });
});
