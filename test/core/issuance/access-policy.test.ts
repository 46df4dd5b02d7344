import { expect } from 'chai';
import { authorize, mayUse } from '../../../src/core/issuance/access-policy.js';
import { CLAIM, MULTIPLE_AUTHENTICATION } from '../../../src/core/model/claim.js';
import type { RelyingParty } from '../../../src/core/model/relying-party.js';
import type { Subject } from '../../../src/core/model/subject.js';
import { anInput, anIssuanceRequest, aPerson, aRelyingParty, aSession, aSubject, aTrace, checkThrownBy, thrownBy } from '../../support/builders.js';

const permit = `issue(Type = "${CLAIM.permit}", Value = "true");`;
const deny = `issue(Type = "${CLAIM.deny}", Value = "true");`;
const inGroup = (name: string): string => `EXISTS([Type == "${CLAIM.group}", Value == "${name}"])`;

async function refusalOf(party: Partial<RelyingParty>, subject: Partial<Subject> = {}): Promise<string | undefined> {
  const request = anIssuanceRequest({ relyingParty: aRelyingParty(party), subject: aSubject(subject) });
  const run = (): Promise<void> => authorize(request, anInput(request));
  try {
    await run();
    return undefined;
  } catch {
    return checkThrownBy(run);
  }
}

async function sentenceOf(party: Partial<RelyingParty>, subject: Partial<Subject> = {}): Promise<string> {
  const request = anIssuanceRequest({ relyingParty: aRelyingParty(party), subject: aSubject(subject) });
  return (await thrownBy(() => authorize(request, anInput(request)))).message;
}

describe('who gets a token', () => {
  const authorization = (text: string): Partial<RelyingParty> => ({ rules: { authorization: text } });
  const rows: readonly (readonly [string, Partial<RelyingParty>, string | undefined])[] = [
    ['everybody, where nothing is set', {}, undefined],
    ['people of a directory that is named', { identitySources: ['Fabrikam', 'local'] }, undefined],
    ['nobody from elsewhere', { identitySources: ['Contoso', 'locals'] }, 'user.source'],
    ['nobody where no source is named', { identitySources: [] }, 'user.source'],
    ['nobody from elsewhere, whatever groups permit', { identitySources: ['Contoso'], groups: ['Sales'] }, 'user.source'],
    ['nobody by a kind of sign-in that is not allowed', { allowedAuthnContexts: ['urn:other'] }, 'user.authn-context'],
    ['members of a group', { groups: ['Sales'] }, undefined],
    ['nobody outside the groups', { groups: ['Finance'] }, 'user.allowed'],
    ['nobody whose group differs in letter case', { groups: ['sales'] }, 'user.allowed'],
    ['whom a rule permits', authorization(`=> ${permit}`), undefined],
    ['nobody by an empty set, as in AD FS', authorization(''), 'user.authorized'],
    ['nobody when no rule fires', authorization(`${inGroup('Finance')} => ${permit}`), 'user.authorized'],
    ['nobody with one permit and one deny', authorization(`=> ${permit} ${inGroup('Sales')} => ${deny}`), 'user.authorized'],
    ['nobody by a permit that is only added', authorization(`=> add(Type = "${CLAIM.permit}", Value = "true");`), 'user.authorized'],
    ['whom a permit with any value lets in', authorization(`=> issue(Type = "${CLAIM.permit}", Value = "no");`), undefined],
    ['nobody whom groups refuse, whatever rules permit', { ...authorization(`=> ${permit}`), groups: ['Finance'] }, 'user.allowed'],
    ['nobody whom rules refuse, whatever groups permit', { ...authorization(''), groups: ['Sales'] }, 'user.authorized'],
    ['whom a policy permits', { accessPolicy: { rules: [{ when: [{ group: ['Sales'] }] }] } }, undefined],
    ['nobody else by a policy', { accessPolicy: { rules: [{ when: [{ group: ['Audit'] }] }] } }, 'user.policy'],
    ['nobody by a policy without rules', { accessPolicy: { rules: [] } }, 'user.policy'],
    ['nobody for whom an exception holds', { accessPolicy: { rules: [{ when: [{ everyone: true }], except: [{ group: ['Sales'] }] }] } }, 'user.policy'],
    [
      'nobody without the second factor that a policy wants',
      { accessPolicy: { rules: [{ when: [{ everyone: true }, { secondFactor: true }] }] } },
      'user.second-factor',
    ],
    ['nobody by rules that cannot be read any more', authorization('=> nonsense'), 'claims.rules'],
    ['nobody when a store is not there', authorization(`=> issue(store = "HR", types = ("${CLAIM.permit}"), query = "q");`), 'claims.store'],
  ];
  for (const [title, party, expected] of rows) {
    it(`is ${title} (A08)`, async () => {
      expect(await refusalOf(party)).to.equal(expected);
    });
  }

  it('names the nearest group, masked as it is kept, and how it differs', async () => {
    expect(await sentenceOf({ groups: ['Finance'] }, { person: aPerson({}, { groups: [{ name: 'Finance-EU', sid: 'S-1-5-21-1-2-3-1003' }] }) })).to.match(
      /none of Finance; nearest: Fi…\(10\)/u,
    );
    expect(await sentenceOf({ groups: ['sales'] })).to.match(/nearest: … \(differs in letter case only\)/u);
  });

  describe('with rules for additional authentication', () => {
    const additional = `${inGroup('Sales')} => issue(Type = "${CLAIM.authenticationMethod}", Value = "${MULTIPLE_AUTHENTICATION}");`;
    const strong = { ...aSession().authentication, methods: ['pwd', 'otp', 'mfa'] };

    it('nobody who used one factor where they ask for two', async () => {
      expect(await refusalOf({ rules: { additional } })).to.equal('user.second-factor');
    });

    it('everybody who used two, and whom they do not ask', async () => {
      expect(await refusalOf({ rules: { additional } }, { authentication: strong })).to.equal(undefined);
      expect(await refusalOf({ rules: { additional } }, { claims: [] })).to.equal(undefined);
    });
  });

  it('is what the launcher shows, but for what only the sign-on can tell', async () => {
    const shown = async (party: Partial<RelyingParty>): Promise<boolean> => {
      const relyingParty = aRelyingParty(party);
      return mayUse(relyingParty, anInput(anIssuanceRequest({ relyingParty })), aTrace());
    };
    expect(await shown({})).to.equal(true);
    expect(await shown({ groups: ['Finance'] })).to.equal(false);
    expect(await shown({ rules: { authorization: '' } })).to.equal(false);
    expect(await shown({ rules: { authorization: `=> issue(store = "HR", types = ("${CLAIM.permit}"), query = "q");` } })).to.equal(true);
    expect(await shown({ accessPolicy: { rules: [{ when: [{ group: ['Audit'] }] }] } })).to.equal(false);
    expect(await shown({ accessPolicy: { rules: [{ when: [{ secondFactor: true }] }] } })).to.equal(true);
  });
});
