import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { CLAIM, CLAIM_PROPERTY } from '../../src/core/model/claim.js';
import { Browser, type Shown } from '../support/browser.js';
import { startNode, type TestNode } from '../support/node.js';
import { until } from '../support/patience.js';
import { freePort } from '../support/services/instance.js';
import { type Home, needPostgres } from '../support/storage-targets.js';
import { readAssertion, readDelivery, readResponse, type SeenAssertion, signInQuery } from '../support/wsfed-party.js';
import { referenceOf, traceOf } from './world.js';

const MARIA = { name: 'maria', password: 'seven quiet herons wade' } as const;
const WIKI = 'urn:cluster:wiki';
const NOTES = 'urn:cluster:notes';
/** A change is seen within two seconds; the rest is for asking. */
const SEEN_MS = 2500;
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const PAIRWISE = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';
const COST_CENTRE = 'urn:hr:costcentre';
const OFFICE = 'urn:hr:office';

const selector = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]`;
/** The directory, facts of the personnel department by the mail that it gives, and an id that says nothing. */
const rulesWith = (centres: string): string => `@RuleName = "Mail"
${selector} => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.group}"), query = ";mail,tokenGroups;{0}", param = c.Value);
@RuleName = "Personnel"
c:[Type == "${CLAIM.email}"] => issue(store = "HR", types = ("${COST_CENTRE}", "${OFFICE}"), query = "SELECT ${centres}, office FROM facts WHERE mail = {0} ORDER BY office", param = c.Value);
${selector} => add(store = "_OpaqueIdStore", types = ("urn:hr:opaque"), query = "{0};{1};{2}", param = "ppid", param = c.Value, param = c.OriginalIssuer);
c:[Type == "urn:hr:opaque"] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value, Properties["${CLAIM_PROPERTY.format}"] = "${PERSISTENT}");
`;
const RULES = rulesWith('cost_centre');
const MAPPINGS = JSON.stringify([
  { claim: CLAIM.nameIdentifier, from: [{ identifier: 'persistent' }], nameIdFormat: PERSISTENT },
  { claim: PAIRWISE, from: [{ identifier: 'pairwise' }] },
]);

describe('claim rules on two nodes on PostgreSQL', () => {
  let home: Home;
  let personnel: Home;
  let hr: pg.Client;
  let nodes: readonly TestNode[];
  let browser: Browser;
  const endings: (() => unknown)[] = [];

  before(async () => {
    [home, personnel] = [await needPostgres().makeHome(), await needPostgres().makeHome()];
    endings.unshift(
      () => home.remove(),
      () => personnel.remove(),
    );
    hr = new pg.Client({ connectionString: personnel.databaseUrl });
    await hr.connect();
    endings.unshift(() => hr.end());
    await hr.query(`do $$ begin create role hr_reader login; exception when duplicate_object then null; end $$;
      create table facts (mail text, cost_centre integer, office text);
      insert into facts values ('maria@example.com', 4711, 'Lisboa'), ('maria@example.com', 4711, 'Porto'), ('tom@example.com', 1, 'Faro');
      grant select on facts to hr_reader`);
    const ports = [await freePort(), await freePort()];
    const env = {
      SIGNET_BASE_URL: `http://localhost:${String(ports[0])}`,
      SIGNET_DATABASE_URL: home.databaseUrl,
      SIGNET_SECRET_KEY: 'a key of the tests, long enough for anybody',
    };
    nodes = await Promise.all(
      ports.map(async (port) => {
        const node = await startNode({ port, env });
        endings.unshift(() => node.end());
        return node;
      }),
    );
    const first = nodes[0] ?? fail('a node is missing');
    await first.all([
      ['user', 'add', MARIA.name, '--password', MARIA.password, '--email', 'maria@example.com', '--group', 'Sales', '--group', 'Everyone'],
      ['store', 'add', 'sql', 'HR', '--url', personnel.databaseUrl.replace('postgres@', 'hr_reader@'), '--password', 'any'],
      ['rp', 'add-wsfed', WIKI, '--reply', 'https://wiki.example/'],
      ['rp', 'add-wsfed', NOTES, '--reply', 'https://notes.example/', '--token-type', 'saml20'],
      ['rp', 'rules', WIKI, file('rules.txt', RULES)],
      ['rp', 'rules', NOTES, file('mappings.json', MAPPINGS)],
    ]);
    for (const node of nodes) {
      const known = async (): Promise<boolean> => (await new Browser().open(at(node, NOTES))).status === 200;
      await until('the applications are known', known, SEEN_MS);
    }
    browser = new Browser();
    await browser.signIn(await browser.open(`http://localhost:${String(first.port)}/login`), MARIA);
  });
  after(async () => {
    for (const end of endings) await end();
  });

  const fail = (words: string): never => {
    throw new Error(words);
  };
  const file = (name: string, text: string): string => {
    const path = join(nodes[0]?.data ?? '', name);
    writeFileSync(path, text);
    return path;
  };
  // Cookies know hosts and no ports: one browser can go to either node.
  const at = (node: TestNode, realm: string): string => `http://localhost:${String(node.port)}/wsfed?${signInQuery({ wtrealm: realm })}`;
  const tokenIn = (page: Shown): SeenAssertion => readAssertion(readResponse(readDelivery(page).wresult).token);
  const tokensOf = async (realm: string): Promise<readonly SeenAssertion[]> =>
    Promise.all(nodes.map(async (node) => tokenIn(await browser.open(at(node, realm)))));
  const issues = async (node: TestNode): Promise<boolean> => (await browser.open(at(node, WIKI))).status === 200;

  it('give the same claims from either node: the directory, a table of facts, an opaque id', async () => {
    const [one, two] = await tokensOf(WIKI);
    expect(one?.attributes).to.deep.equal({
      [CLAIM.email]: ['maria@example.com'],
      [CLAIM.group]: ['Sales', 'Everyone'],
      [`urn:mace:shibboleth:1.0:attributeNamespace:uri/${COST_CENTRE}`]: ['4711'],
      [`urn:mace:shibboleth:1.0:attributeNamespace:uri/${OFFICE}`]: ['Lisboa', 'Porto'],
    });
    expect(two?.attributes).to.deep.equal(one?.attributes);
    expect([two?.name, two?.nameFormat]).to.deep.equal([one?.name, PERSISTENT]);
    expect(one?.name).to.match(/^[A-Za-z0-9+/]{43}=$/u);
  });

  it('make one persistent name when both are asked at once, and compute one pairwise id (CORE-22, SID-04)', async () => {
    const [one, two] = await tokensOf(NOTES);
    expect(one?.name).to.match(/^_[0-9a-f]{40}$/u);
    expect(one?.attributes[PAIRWISE]?.[0]).to.match(/^[a-z2-7]{52}$/u);
    expect([two?.name, two?.attributes]).to.deep.equal([one?.name, one?.attributes]);
  });

  it('change on both within two seconds of the command, and back', async () => {
    const [first, second] = nodes;
    const centresAt = async (node: TestNode): Promise<string | undefined> =>
      tokenIn(await browser.open(at(node, WIKI))).attributes[`urn:mace:shibboleth:1.0:attributeNamespace:uri/${COST_CENTRE}`]?.[0];
    for (const [by, text, expected] of [
      [second, rulesWith('cost_centre + 1'), '4712'],
      [first, RULES, '4711'],
    ] as const) {
      await by?.all([['rp', 'rules', WIKI, file('changed.txt', text)]]);
      for (const node of nodes) await until(`${expected} is sent`, async () => (await centresAt(node)) === expected, SEEN_MS);
    }
  });

  const lock = async (): Promise<() => Promise<void>> => {
    const locker = new pg.Client({ connectionString: personnel.databaseUrl });
    await locker.connect();
    await locker.query('begin; lock table facts in access exclusive mode');
    return () => locker.end();
  };
  const revoke = async (): Promise<() => Promise<unknown>> => {
    await hr.query('revoke select on facts from hr_reader');
    return () => hr.query('grant select on facts to hr_reader');
  };
  const close = async (): Promise<() => Promise<unknown>> => {
    await hr.query('alter role hr_reader nologin');
    await hr.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hr_reader' and datname = current_database()");
    return () => hr.query('alter role hr_reader login');
  };
  const faults: readonly (readonly [string, () => Promise<() => Promise<unknown>>, RegExp])[] = [
    ['may not be read any more', revoke, /permission denied/u],
    ['does not answer', lock, /57014|time/u],
    ['closed its connections and takes no new ones', close, /not permitted to log in|terminat/u],
  ];
  for (const [words, begin, reason] of faults) {
    it(`send no token while the store ${words}: both nodes say so, name store and rule in the trace, and go on when it is back`, async () => {
      const end = await begin();
      try {
        await Promise.all(
          nodes.map(async (node) => {
            const page = await browser.open(at(node, WIKI));
            expect(page.status).to.equal(503);
            expect([page.forms.some((form) => form.handsOff), /\bHR\b|select|permission/iu.test(page.text)], page.text).to.deep.equal([false, false]);
            const [record] = await traceOf(node, referenceOf(page));
            expect(record).to.include({ check: 'claims.store', user: MARIA.name });
            expect(JSON.stringify(record))
              .to.match(/HR/u)
              .and.to.match(/rule 2 \W+Personnel/u)
              .and.to.match(reason);
            // Other applications go on.
            expect((await browser.open(at(node, NOTES))).status).to.equal(200);
          }),
        );
      } finally {
        await end();
      }
      for (const node of nodes) await until('issues again', () => issues(node), SEEN_MS);
    });
  }

  it('name everybody as before after both were started again', async () => {
    const before = [...(await tokensOf(WIKI)), ...(await tokensOf(NOTES))].map(({ name, attributes }) => ({ name, attributes }));
    for (const node of nodes) node.kill('SIGTERM');
    await Promise.all(nodes.map(async (node) => node.ended()));
    await Promise.all(nodes.map(async (node) => node.start()));
    const after = [...(await tokensOf(WIKI)), ...(await tokensOf(NOTES))].map(({ name, attributes }) => ({ name, attributes }));
    expect(after).to.deep.equal(before);
  });
});
