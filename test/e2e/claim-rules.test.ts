import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, until } from '../support/patience.js';
import { CLAIM } from '../../src/core/model/claim.js';
import type { TokenFacts } from '../../src/core/model/token-facts.js';
import { readAssertion } from '../../src/tokens/read-assertion.js';
import { command, type Ran } from '../support/command-line.js';
import { ONE_NAME, ONE_RULE_SET, ONE_SET_OF_CLAIMS } from '../support/one-rule-set.js';
import { type Application, readVerdict, type Verdict } from '../support/service-provider.js';
import { readDelivery, registerWsfed, signInQuery } from '../support/wsfed-party.js';
import { referenceOf, signedIn, theWorld, TOM, traceOf, type World } from './world.js';

const WIKI = 'urn:e2e:rules:wiki';
const WIKI20 = 'urn:e2e:rules:wiki20';

describe('claim rules, end to end', () => {
  let world: World;
  let expenses: Application;
  const file = (name: string, text: string): string => {
    const path = join(world.folder, name);
    writeFileSync(path, text);
    return path;
  };

  before(async () => {
    world = await theWorld();
    const plan = { toolkit: 'node-saml', binding: 'redirect', signsRequests: false, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
    const [added] = await world.register([{ ...plan, name: 'rules-expenses' }]);
    if (added === undefined) throw new Error('no application');
    expenses = added;
    const rules = file('rules.txt', ONE_RULE_SET);
    await world.node.all([['rp', 'rules', expenses.entityId, rules]]);
    await registerWsfed(
      world.node,
      { realm: WIKI, reply: 'https://rules.example/' },
      { realm: WIKI20, reply: 'https://rules.example/20', options: ['--token-type', 'saml20'] },
    );
    await world.node.all([WIKI, WIKI20].map((realm) => ['rp', 'rules', realm, rules]));
    // Seen by a running node within two seconds.
    await eventually(async () => {
      for (const found of [readAssertion((await verdict()).xml), await byWsfed(WIKI), await byWsfed(WIKI20)])
        expect(found.attributes.map(({ values }) => values)).to.deep.equal(ONE_SET_OF_CLAIMS.map(({ values }) => values));
    });
  });

  /** Within this process: many times faster. */
  const cli = (...parameters: readonly string[]): Promise<Ran> =>
    command(parameters, { env: { SIGNET_DATA: world.node.data, SIGNET_PORT: String(world.node.port) } });
  const verdict = async (): Promise<Verdict> => {
    const browser = await signedIn(world);
    return readVerdict(await browser.handOff(await browser.open(expenses.loginUrl())));
  };
  const byWsfed = async (realm: string): Promise<TokenFacts> => {
    const browser = await signedIn(world);
    return readAssertion(readDelivery(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: realm })}`))).wresult);
  };

  it('gives the same claims in SAML 2.0, and in WS-Federation in SAML 1.1 and 2.0', async () => {
    const [{ xml }, wsfed11, wsfed20] = await Promise.all([verdict(), byWsfed(WIKI), byWsfed(WIKI20)]);
    const saml = readAssertion(xml);
    expect(saml.attributes).to.deep.equal(ONE_SET_OF_CLAIMS);
    expect(wsfed20.attributes).to.deep.equal(ONE_SET_OF_CLAIMS);
    // A name that has no slash is a name of the namespace for whole URIs in SAML 1.1 (S11-09).
    const whole = 'urn:mace:shibboleth:1.0:attributeNamespace:uri/';
    expect(wsfed11.attributes.map(({ name, values }) => ({ name: name.replace(whole, ''), values }))).to.deep.equal(ONE_SET_OF_CLAIMS);
    for (const { name } of [saml, wsfed11, wsfed20]) expect(name).to.include({ value: ONE_NAME.value, format: ONE_NAME.format });
    expect([saml.type, wsfed11.type, wsfed20.type]).to.deep.equal(['saml20', 'saml11', 'saml20']);
  });

  it('node-saml reads them: several values, a typed one, text that was escaped, the name in its format (CORE-22, SSO-17)', async () => {
    const { status, profile, problems } = await verdict();
    expect([status, problems]).to.deep.equal([200, []]);
    expect(profile?.attributes).to.deep.equal(Object.fromEntries(ONE_SET_OF_CLAIMS.map(({ name, values }) => [name, values.length > 1 ? values : values[0]])));
    expect(profile).to.include({ nameId: ONE_NAME.value, nameIdFormat: ONE_NAME.format });
  });

  it('prints rules to the byte', async () => {
    const { stdout, code } = await cli('rp', 'rules', expenses.entityId);
    expect([code, stdout]).to.deep.equal([0, ONE_RULE_SET]);
  });

  it('keeps what each rule did with the sign-on, values masked, and preview and explain say the same', async () => {
    const browser = await signedIn(world);
    await browser.handOff(await browser.open(expenses.loginUrl()));
    const lines = (await cli('log', '--rp', expenses.entityId, '--json')).stdout.trim().split('\n');
    const { reference } = JSON.parse(lines.at(-1) ?? '') as { readonly reference: string };
    const { stdout } = await cli('trace', reference);
    expect(stdout)
      .to.match(/Sales/u)
      .and.to.match(/What left/u);
    expect(stdout).not.to.include('maria@example.com');
    expect((await world.node.cli('trace', reference, '--now')).stdout).to.match(/If issued now: the same/u);
    const told = (await world.node.json('preview', 'maria', expenses.entityId)) as {
      readonly claims: readonly { readonly claim: string; readonly values: readonly string[] }[];
    };
    expect(told.claims.find(({ claim }) => claim === CLAIM.email)?.values).to.deep.equal(['maria@example.com']);
    const why = await cli('explain', 'tom', expenses.entityId, '--claim', 'role');
    expect([why.code, why.stdout]).to.satisfy(([code, text]: [number, string]) => code === 0 && text.includes('not sent') && text.includes('Sales'));
  });

  it('lets in whom authorization rules permit, and refuses others with the reason on record', async () => {
    const who = file('who.txt', `c:[Type == "${CLAIM.group}", Value == "Finance"] => issue(Type = "${CLAIM.permit}", Value = "true");`);
    await world.node.all([['rp', 'rules', WIKI, who, '--set', 'authorization']]);
    const at = world.node.url(`/wsfed?${signInQuery({ wtrealm: WIKI })}`);
    const maria = await signedIn(world);
    await until('refused', async () => (await maria.open(at)).status === 403, 2000);
    const refused = await maria.open(at);
    const [record] = await traceOf(world.node, referenceOf(refused));
    expect(record).to.include({ check: 'user.authorized', user: 'maria' });
    const tom = await signedIn(world, TOM);
    expect(readAssertion(readDelivery(await tom.open(at)).wresult).name?.value).to.equal('tom@localhost');
    await world.node.all([['rp', 'rules', WIKI, '--clear', '--set', 'authorization']]);
  });

  it('compares a token with what would be issued, claim by claim', async () => {
    const browser = await signedIn(world);
    const { xml } = readVerdict(await browser.handOff(await browser.open(expenses.loginUrl())));
    const same = await cli('compare', file('same.xml', xml), '--user', 'maria', '--rp', expenses.entityId);
    expect([same.code, same.stdout.split('\n')[0]]).to.satisfy(([code, line]: [number, string]) => code === 0 && line.startsWith('Every claim is the same'));
    const other = await cli('compare', file('other.xml', xml.replaceAll('seller', 'boss')), '--user', 'maria', '--rp', expenses.entityId);
    expect(other.code).to.equal(6);
    expect(other.stdout).to.match(/differs\s+boss\s+seller/u);
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['an unknown label', `c:[Type == "a"] => issue(claim = d);`, /line 1, column \d+: .*d/u],
    ['a claim without Type', `=> issue(Value = "a");`, /line 1, column \d+: .*Type/u],
    ['a regular expression that does not compile', `c:[Type =~ "("] => issue(claim = c);`, /line 1, column \d+: /u],
    ['an unknown store', `=> issue(store = "HR", types = ("a"), query = "q");`, /line 1, column \d+: .*HR/u],
    ['a string that is not closed', `c:[Type == "a]\n => issue(claim = c);`, /line 1, column \d+: /u],
    ['a pattern that can run away', `c:[Type == "a", Value =~ "(a+)+$"] => issue(claim = c);`, /line 1, column \d+: .*run away/u],
    ['typographic quotes', `c:[Type == “a”] => issue(claim = c);`, /line 1, column \d+: .*quote/u],
    ['a mapping without a source', '[{"claim": "role", "from": []}]', /Mapping 1/u],
  ];
  for (const [title, text, sentence] of bad) {
    it(`refuses ${title} in one line, and what was in force stays (M12)`, async () => {
      const { code, stdout, stderr } = await cli('rp', 'rules', WIKI20, file('bad.txt', text));
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr.trim().split('\n')).to.have.length(1);
      expect(stderr).to.match(sentence);
      expect((await cli('rp', 'rules', WIKI20)).stdout).to.equal(ONE_RULE_SET);
    });
  }
});
