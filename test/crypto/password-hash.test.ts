import { hash as argonHash } from '@node-rs/argon2';
import { expect } from 'chai';
import { createPasswordHasher } from '../../src/crypto/password-hash.js';
import { thrownBy } from '../support/builders.js';

const hasher = createPasswordHasher({ concurrency: 1 });
const PASSWORD = 'correct horse battery';

describe('password hashes', () => {
  it('are argon2id at the cost OWASP names, with a salt of their own', async () => {
    const [one, two] = [await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)];
    expect(one).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
    expect(one).not.to.equal(two);
  });

  it('fit the password they were made of, and no other', async () => {
    const phc = await hasher.hash(PASSWORD);
    expect(await hasher.verify(phc, PASSWORD)).to.deep.equal({ matches: true, rehash: false });
    expect(await hasher.verify(phc, `${PASSWORD} `)).to.deep.equal({ matches: false, rehash: false });
  });

  it('do not depend on how a keyboard composes a letter', async () => {
    expect(await hasher.verify(await hasher.hash('jose\u0301 and maria'), 'jos\u00e9 and maria')).to.include({ matches: true });
  });

  it('of another cost are known as such', async () => {
    const cheap = await argonHash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    expect(await hasher.verify(cheap, PASSWORD)).to.deep.equal({ matches: true, rehash: true });
  });

  it('are compared where there is none, for nothing: no password fits (U01)', async () => {
    for (const password of ['', PASSWORD, 'nobody', 'signet-nobody-salt']) {
      expect(await hasher.verify(undefined, password)).to.deep.equal({ matches: false, rehash: false });
    }
  });

  it('cost about the same where there is none (U01)', async () => {
    const phc = await hasher.hash(PASSWORD);
    const cpuOf = async (stored: string | undefined): Promise<number> => {
      const before = process.cpuUsage();
      for (let index = 0; index < 4; index += 1) await hasher.verify(stored, 'wrong');
      const spent = process.cpuUsage(before);
      return spent.user + spent.system;
    };
    await cpuOf(phc);
    const [known, unknown] = [await cpuOf(phc), await cpuOf(undefined)];
    // A missing or cheap comparison would be a small fraction; other work on the machine is not that loud.
    expect(unknown / known).to.be.within(0.4, 2.5);
  });
});

describe('the queue of password checks (U02)', () => {
  it('holds so many and refuses the rest with a time to come back, then takes up work again', async () => {
    const small = createPasswordHasher({ concurrency: 1, queueLimit: 2 });
    const checks = Array.from({ length: 6 }, () => small.verify(undefined, 'wrong').catch((error: unknown) => error));
    const ends = await Promise.all(checks);
    const refused = ends.filter((end) => end instanceof Error);
    expect(refused).to.have.length(3);
    for (const error of refused) expect(error).to.include({ code: 'too_many_requests', retryAfterSeconds: 2 });
    expect(await small.verify(undefined, 'wrong')).to.include({ matches: false });
  });

  it('goes on after a failure', async () => {
    const one = createPasswordHasher({ concurrency: 1 });
    const [broken, fine] = await Promise.all([thrownBy(() => one.verify('$argon2id$broken', 'wrong')), one.verify(undefined, 'wrong')]);
    expect(broken).to.be.instanceOf(Error);
    expect(fine).to.include({ matches: false });
    expect(await one.verify(undefined, 'wrong')).to.include({ matches: false });
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await Promise.all(Array.from({ length: 4 }, () => hasher.verify(undefined, 'wrong')));
    clearInterval(timer);
    expect(turns).to.be.greaterThan(3);
  });
});
