import { expect } from 'chai';
import { type Accepted, createAcceptance } from '../../src/authn/acceptance.js';
import type { AttributeStore } from '../../src/core/claims/attribute-store.js';
import { SignetError } from '../../src/core/errors.js';
import { CLAIM } from '../../src/core/model/claim.js';
import type { User } from '../../src/core/model/user.js';
import { claimsOf } from '../../src/directory/attributes.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aSession, aUser, thrownBy } from '../support/builders.js';

const HR: AttributeStore = {
  ask: ({ params }) =>
    params[0] === 'broken' ? Promise.reject(new SignetError('unavailable', 'HR did not answer')) : Promise.resolve([[`number of ${params[0] ?? ''}`]]),
};

/** What is left of a person's claims after rules in AD FS's language. */
function accepted(acceptance: string | undefined, changes: Partial<User> = {}): Promise<Accepted> {
  const settings = aDirectory({ acceptance });
  const person = personOf(aUser(changes), settings);
  const accept = createAcceptance({ stores: { find: (name) => (name === 'HR' ? HR : undefined) } });
  return accept(settings, { person, claims: claimsOf(person), authentication: aSession().authentication });
}

async function pairs(acceptance: string, changes: Partial<User> = {}): Promise<readonly (readonly [string, string])[]> {
  return (await accepted(acceptance, changes)).claims.map(({ type, value }) => [type, value]);
}

const PASS_ALL = 'c:[] => issue(claim = c);';

describe('acceptance rules', () => {
  it('are not needed: without any every claim passes, the same list and no evaluation', async () => {
    const settings = aDirectory();
    const person = personOf(aUser(), settings);
    const claims = claimsOf(person);
    const result = await createAcceptance({ stores: { find: () => undefined } })(settings, { person, claims, authentication: aSession().authentication });
    expect(result.claims).to.equal(claims);
    expect(result).not.to.have.property('accepted');
  });

  it('let pass what they issue, and nothing else', async () => {
    expect(await pairs(`c:[Type == "${CLAIM.email}"] => issue(claim = c);`)).to.deep.equal([[CLAIM.email, 'maria@example.com']]);
    expect(await pairs('')).to.deep.equal([]);
  });

  it('start from what the directory says', async () => {
    const rule = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"] => issue(Type = "urn:account", Value = RegexReplace(c.Value, "^[^\\\\]+\\\\", ""));`;
    expect(await pairs(rule)).to.deep.equal([['urn:account', 'maria']]);
  });

  it('may test how somebody signed in, and cannot take it away or double it', async () => {
    const method = `[Type == "${CLAIM.authenticationMethod}"] => issue(Type = "urn:signed-in", Value = "yes");`;
    expect(await pairs(method)).to.deep.equal([['urn:signed-in', 'yes']]);
    const settings = aDirectory();
    expect((await accepted(PASS_ALL)).claims).to.deep.equal(claimsOf(personOf(aUser(), settings)));
  });

  it('say what they did, for explanations', async () => {
    const { accepted: evaluation } = await accepted(`c:[Type == "urn:none"] => issue(claim = c); ${PASS_ALL}`);
    expect(evaluation?.outcomes.map(({ matched }) => matched)).to.deep.equal([false, true]);
  });

  it('ask stores, about the person', async () => {
    const rule = `c:[Type == "${CLAIM.name}"] => issue(store = "HR", types = ("urn:number"), query = "{0}", param = c.Value);`;
    expect(await pairs(rule)).to.deep.equal([['urn:number', 'number of maria']]);
  });

  const failing: readonly (readonly [title: string, acceptance: string, message: RegExp])[] = [
    ['a store that does not answer', 'c:[] => issue(store = "HR", types = ("urn:number"), query = "{0}", param = "broken");', /HR did not answer/u],
    ['a store that is not there', 'c:[] => issue(store = "CRM", types = ("urn:number"), query = "x");', /CRM/u],
    ['a text that is none', 'c:[ => issue(claim = c);', /line 1, column 5/u],
  ];
  for (const [title, acceptance, message] of failing) {
    it(`with ${title} let nobody in without the claims they would have had`, async () => {
      const error = await thrownBy(() => accepted(acceptance));
      expect(error).to.include({ code: 'unavailable' });
      expect(error.message)
        .to.match(/^the acceptance rules of the directory local could not be carried out: /u)
        .and.match(message);
    });
  }
});
