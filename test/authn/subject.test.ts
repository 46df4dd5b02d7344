import { expect } from 'chai';
import { createAcceptance } from '../../src/authn/acceptance.js';
import { createSubjects } from '../../src/authn/subject.js';
import { CLAIM, firstValue } from '../../src/core/model/claim.js';
import type { User } from '../../src/core/model/user.js';
import { aDirectory, aSession, aTrace, aUser, checkThrownBy } from '../support/builders.js';

function subjectOf(user: User | undefined): ReturnType<typeof createSubjects> {
  const directory = aDirectory();
  return createSubjects({
    users: { byId: (id) => Promise.resolve(id === user?.id ? user : undefined) },
    directory: { current: () => Promise.resolve(directory) },
    accept: createAcceptance({ stores: { find: () => undefined } }),
  });
}

describe('the subject of a session', () => {
  it('is the person as they are now, with how they signed in then', async () => {
    const subject = await subjectOf(aUser({ userName: 'maria.silva', surname: 'Silva Santos' }))(aSession(), aTrace());
    expect(subject).to.deep.include({ userId: 'user-1', userName: 'maria.silva', authentication: aSession().authentication });
    expect(firstValue(subject.claims, CLAIM.surname)).to.equal('Silva Santos');
  });

  it('is nobody who was disabled or removed since', async () => {
    expect(await checkThrownBy(() => subjectOf(aUser({ enabled: false }))(aSession(), aTrace()))).to.equal('user.enabled');
    expect(await checkThrownBy(() => subjectOf(undefined)(aSession(), aTrace()))).to.equal('user.enabled');
  });

  it('has its claims made again when the person or the directory changes, and only then', async () => {
    let user = aUser();
    let directory = aDirectory();
    const subjects = createSubjects({
      users: { byId: () => Promise.resolve(user) },
      directory: { current: () => Promise.resolve(directory) },
      accept: (_, { claims }) => Promise.resolve({ claims }),
    });
    const first = await subjects(aSession(), aTrace());
    expect((await subjects(aSession(), aTrace())).claims).to.equal(first.claims);
    user = { ...user, email: 'm.silva@example.com' };
    expect(firstValue((await subjects(aSession(), aTrace())).claims, CLAIM.email)).to.equal('m.silva@example.com');
    directory = aDirectory({ domain: 'CORP' });
    const { person, claims } = await subjects(aSession(), aTrace());
    expect([person.accountName, firstValue(claims, CLAIM.windowsAccountName)]).to.deep.equal(['CORP\\maria', 'CORP\\maria']);
  });
});
