import { expect } from 'chai';
import { convertTrust } from '../../../src/admin/adfs/convert.js';
import type { Conversion, ConvertContext } from '../../../src/admin/adfs/conversion.js';
import type { AdfsValue } from '../../../src/admin/adfs/export.js';
import type { AccessRule } from '../../../src/core/model/condition.js';
import { aContext, aTrust } from './trusts.js';

const CLAIMS = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const SID = 'S-1-5-21-1-2-3-1105';

const metadata = (rules: string, fresh = false): string =>
  '<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">' +
  `<RequireFreshAuthentication>${String(fresh)}</RequireFreshAuthentication><IssuanceAuthorizationRules>${rules}</IssuanceAuthorizationRules></PolicyMetadata>`;
const rule = (conditions: string, except = ''): string =>
  `<Rule><Conditions>${conditions}</Conditions>${except === '' ? '' : `<ExceptConditions>${except}</ExceptConditions>`}</Rule>`;
const condition = (kind: string, values: readonly string[] = [], more = ''): string =>
  `<Condition i:type="${kind}Condition">${more}<Operator>${values.length === 0 ? 'IsPresent' : 'Equals'}</Operator><Values>${values.map((value) => `<Value>${value}</Value>`).join('')}</Values></Condition>`;
const claim = (type: string, values: readonly string[], operator = 'Equals'): string =>
  condition('SpecificClaim', values, `<ClaimType>${type}</ClaimType>`).replace('<Operator>Equals', `<Operator>${operator}`);
const ALWAYS = condition('Always');

function convert(name: string, given: { readonly xml?: string; readonly parameters?: AdfsValue } = {}, context: Partial<ConvertContext> = {}): Conversion {
  const trust = aTrust({
    IssuanceAuthorizationRules: '',
    AccessControlPolicyName: name,
    AccessControlPolicyParameters: given.parameters ?? null,
    ResultantPolicy: given.xml === undefined ? null : { Serialized: given.xml },
  });
  return convertTrust(trust, aContext(context));
}

const rulesOf = ({ application }: Conversion): readonly AccessRule[] | undefined => application?.overrides.accessPolicy?.rules;
const ids = ({ findings }: Conversion): readonly string[] => findings.map(({ id }) => id);

describe('an access control policy of AD FS', () => {
  it('comes over by its name, and leaves authorization to itself', () => {
    const conversion = convert('Permit everyone');
    expect([conversion.grade, rulesOf(conversion)]).to.deep.equal(['ready', [{ when: [{ everyone: true }] }]]);
    expect(conversion.application?.overrides.rules).to.not.have.property('authorization');
  });

  for (const [what, parameters] of [
    ['a list', ['CORP\\Finance']],
    ['one text', 'CORP\\Finance'],
    ['an object', { GroupParameter: ['CORP\\Finance'] }],
  ] as const) {
    it(`takes the groups of its parameter from ${what}`, () => {
      expect(rulesOf(convert('Permit specific group', { parameters }))).to.deep.equal([{ when: [{ group: ['Finance'] }] }]);
    });
  }

  it('takes groups by SID, each way in as a rule of its own, and keeps both ways out', () => {
    const parameters = ['CORP\\Finance', SID];
    const group = [{ group: ['Finance'] }, { claim: `${CLAIMS}/groupsid`, is: [SID] }] as const;
    expect(rulesOf(convert('Permit specific group', { parameters }))).to.deep.equal([{ when: [group[0]] }, { when: [group[1]] }]);
    expect(rulesOf(convert('Permit everyone and require MFA for specific group', { parameters }))).to.deep.equal([
      { when: [group[0], { secondFactor: true }] },
      { when: [group[1], { secondFactor: true }] },
      { when: [{ everyone: true }], except: group },
    ]);
  });

  it('comes over by what it says where it has a name of its own', () => {
    const xml = metadata(
      rule(claim(`${CLAIMS}/authenticationmethod`, ['https://refeds.org/profile/mfa']) + condition('MultiFactorAuthentication')) +
        rule(condition('UserGroup', [SID]) + condition('Location', ['Intranet'])) +
        rule(ALWAYS, claim('urn:department', ['Sales']) + condition('Location', ['Extranet'])) +
        rule(condition('IPAddress', ['10.0.0.0/8']).replace('IPAddress', 'NetworkRange')) +
        rule(claim('urn:member', [])),
      true,
    );
    const conversion = convert('Ours', { xml });
    expect(rulesOf(conversion)).to.deep.equal([
      { when: [{ claim: `${CLAIMS}/authenticationmethod`, is: ['https://refeds.org/profile/mfa'] }, { secondFactor: true }] },
      { when: [{ claim: `${CLAIMS}/groupsid`, is: [SID] }, { network: 'intranet' }] },
      { when: [{ everyone: true }], except: [{ claim: 'urn:department', matches: '^(?i)Sales$' }, { network: 'extranet' }] },
      { when: [{ network: ['10.0.0.0/8'] }] },
      { when: [{ claim: 'urn:member' }] },
    ]);
    expect([conversion.grade, conversion.application?.overrides.forceAuthn, conversion.application?.overrides.accessPolicy?.name]).to.deep.equal([
      'ready',
      true,
      'Ours',
    ]);
  });

  it('takes the values of a parameter where a condition names one', () => {
    const xml = metadata(rule(condition('SpecificGroup', [], '<ParameterName>Who</ParameterName>')));
    expect(rulesOf(convert('Ours', { xml, parameters: { Who: ['CORP\\Finance'] } }))).to.deep.equal([{ when: [{ group: ['Finance'] }] }]);
    expect(ids(convert('Ours', { xml }))).to.deep.equal(['adfs.policy-unreadable']);
  });

  for (const [what, broken] of [
    ['a condition of an unknown kind', rule(condition('Moon', ['full']))],
    ['an operator that is unknown', rule(claim('urn:x', ['a'], 'Resembles'))],
    ['an exception of an unknown kind', rule(ALWAYS, condition('Moon', ['full']))],
    ['an exception about devices, which nobody here has', rule(ALWAYS, condition('DeviceTrustLevel', ['Authenticated']))],
    ['a part that is unknown', rule(ALWAYS).replace('</Rule>', '<Unless/></Rule>')],
    ['no condition', rule('')],
    ['a claim compared with nothing', rule(claim('urn:x', [], 'Equals').replace('IsPresent', 'Equals'))],
    ['a network that is none', rule(condition('Location', ['Mars']))],
  ] as const) {
    it(`lets nobody in by a rule with ${what}`, () => {
      const conversion = convert('Ours', { xml: metadata(broken + rule(condition('SpecificGroup', ['CORP\\Finance']))) });
      expect([conversion.grade, ids(conversion), rulesOf(conversion)]).to.deep.equal(['look', ['adfs.policy-part'], [{ when: [{ group: ['Finance'] }] }]]);
      expect(convert('Ours', { xml: metadata(broken) }).grade).to.equal('cannot');
    });
  }

  for (const [what, xml] of [
    ['no XML', 'Microsoft.IdentityServer.PolicyModel'],
    ['a document type declaration', `<!DOCTYPE x []>${metadata(rule(ALWAYS))}`],
    ['another document', '<Other/>'],
    ['half a document', metadata(rule(ALWAYS)).slice(0, 200)],
  ] as const) {
    it(`cannot come over as ${what} (X01)`, () => {
      const conversion = convert('Ours', { xml });
      expect([conversion.grade, ids(conversion)]).to.deep.equal(['cannot', ['adfs.policy-unreadable']]);
    });
  }

  it('says what Signet does not have: second factors, devices, and where inside is', () => {
    expect(ids(convert('Permit everyone and require MFA from unauthenticated devices'))).to.deep.equal(['adfs.second-factor', 'adfs.device']);
    expect(ids(convert('Permit everyone for intranet access', {}, { intranet: false }))).to.deep.equal(['adfs.network']);
    expect(convert('Permit everyone for intranet access', {}, { intranet: false }).grade).to.equal('ready');
    const keptOut = { xml: metadata(rule(ALWAYS, condition('Location', ['Intranet']))) };
    expect(convert('Ours', keptOut, { intranet: false }).grade).to.equal('look');
    expect(convert('Ours', keptOut).grade).to.equal('ready');
  });
});
