import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIM } from '../../src/core/model/claim.js';
import type { TokenFacts } from '../../src/core/model/token-facts.js';
import { readAssertion } from '../../src/tokens/read-assertion.js';
import type { Browser } from '../support/browser.js';
import { until } from '../support/patience.js';
import { readDelivery, registerWsfed, signInQuery } from '../support/wsfed-party.js';
import { signedIn, theWorld, type World } from './world.js';

const REALM = 'urn:e2e:acceptance';
const SEEN_MS = 2000;
const ALL = [CLAIM.windowsAccountName, CLAIM.email, CLAIM.group];

describe('the built-in directory as it is set, in tokens of a running node', () => {
  let world: World;
  let browser: Browser;
  before(async () => {
    world = await theWorld();
    await registerWsfed(world.node, { realm: REALM, reply: 'https://acceptance.example/', options: ['--token-type', 'saml20'] });
    await set('rp', 'rules', REALM, file(ALL.map((type) => `c:[Type == "${type}"] => issue(claim = c);`).join('\n')));
    browser = await signedIn(world);
    await until('the rules of the application are in force', async () => (await valuesOf(CLAIM.windowsAccountName)) !== undefined, SEEN_MS);
  });

  const set = (...parameters: readonly string[]): Promise<unknown> => world.node.all([parameters]);
  const file = (text: string): string => {
    const path = join(world.folder, 'acceptance.txt');
    writeFileSync(path, text);
    return path;
  };
  const token = async (): Promise<TokenFacts> =>
    readAssertion(readDelivery(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM })}`))).wresult);
  const valuesOf = async (type: string): Promise<readonly string[] | undefined> => (await token()).attributes.find(({ name }) => name === type)?.values;

  it('an acceptance rule drops a claim for every application within two seconds, and --clear brings it back', async () => {
    const before = await token();
    expect(before.attributes.map(({ name }) => name)).to.deep.equal(ALL);
    await set(
      'directory',
      'rules',
      'local',
      file(`c:[Type == "${CLAIM.windowsAccountName}"] => issue(claim = c);
        c:[Type == "${CLAIM.group}", Value =~ "^S"] => issue(claim = c);
        c:[Type == "${CLAIM.name}"] => issue(claim = c);`),
    );
    try {
      await until('the mail is gone', async () => (await valuesOf(CLAIM.email)) === undefined, SEEN_MS);
      expect((await token()).attributes).to.deep.equal([
        { name: CLAIM.windowsAccountName, values: ['SIGNET\\maria'] },
        { name: CLAIM.group, values: ['Sales'] },
      ]);
    } finally {
      await set('directory', 'rules', 'local', '--clear');
    }
    await until('the mail is there', async () => (await valuesOf(CLAIM.email)) !== undefined, SEEN_MS);
    expect((await token()).attributes).to.deep.equal(before.attributes);
  });

  it('another domain and another authority are in force within two seconds', async () => {
    const rule = `c:[Type == "${CLAIM.windowsAccountName}"] => issue(Type = "urn:account", Value = c.Value + " by " + c.Issuer);`;
    await set('rp', 'rules', REALM, file(rule));
    await set('directory', 'set', 'local', 'domain=CORP', 'authority=Contoso');
    try {
      await until('the other domain', async () => (await valuesOf('urn:account'))?.[0] === 'CORP\\maria by Contoso', SEEN_MS);
    } finally {
      await set('directory', 'set', 'local', 'domain=', 'authority=');
    }
    await until('the usual domain', async () => (await valuesOf('urn:account'))?.[0] === 'SIGNET\\maria by AD AUTHORITY', SEEN_MS);
  });
});
