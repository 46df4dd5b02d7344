import { DatabaseSync } from '@photostructure/sqlite';
import { expect } from 'chai';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type Answer, type Browser, send, type Sending } from '../support/browser.js';
import { readForms } from '../support/html-forms.js';
import { type Application, readVerdict } from '../support/service-provider.js';
import { MARIA, referenceOf, signedIn, theWorld, type World } from './world.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

interface Case {
  readonly name: string;
  readonly ask: () => Promise<Answer>;
  readonly check: string;
  /** A page of ours, or a status that goes to the application's registered address. */
  readonly answer: 'page' | 'status';
  readonly httpStatus?: number;
}

describe('bad input over the wire: refused, traced, nothing written, and the next good message works', () => {
  let world: World;
  let open: Application;
  let signed: Application;
  let browser: Browser;
  let foreignKey: ReturnType<typeof generateKeyPairSync>['privateKey'];
  const cases: Case[] = [];
  /** What each case was answered with, and what stood in the tables before and after all of them. */
  const answers = new Map<string, Answer>();
  const traces = new Map<string, string>();
  let tablesBefore: unknown;
  let tablesAfter: unknown;
  const succeeded = new Map<string, number>();

  const requestXml = (changes: Readonly<Record<string, string>> = {}, issuer = open.entityId): string => {
    const attributes = {
      ID: `_${crypto.randomUUID()}`,
      Version: '2.0',
      IssueInstant: new Date().toISOString(),
      Destination: world.node.url('/saml/sso'),
      ...changes,
    };
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
    return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${written.join('')}><saml:Issuer>${issuer}</saml:Issuer></samlp:AuthnRequest>`;
  };
  const raw = (path: string, sending: Sending = {}): Promise<Answer> => send(`${world.node.origin}${path}`, sending);
  const query = (xml: string | Buffer, more = ''): string => `/saml/sso?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}${more}`;
  const byRedirect = (xml: string | Buffer, more = ''): Promise<Answer> => raw(query(xml, more));
  const postBody = (body: string): Promise<Answer> => raw('/saml/sso', { method: 'POST', headers: FORM, body });
  const byPost = (xml: string): Promise<Answer> => postBody(`SAMLRequest=${encodeURIComponent(Buffer.from(xml).toString('base64'))}`);

  /** What a genuine application would have posted, changed on the way. */
  const tampered = async (change: (xml: string) => string): Promise<Answer> => {
    const page = await send(signed.loginUrl());
    const [form] = readForms(page.body, new URL(world.applications.origin));
    const xml = Buffer.from(form?.fields.get('SAMLRequest') ?? '', 'base64').toString();
    const changed = change(xml);
    if (changed === xml) throw new Error('nothing was changed');
    return byPost(changed);
  };
  const signedByAnother = (): Promise<Answer> => {
    const octets = `SAMLRequest=${encodeURIComponent(deflateRawSync(requestXml({}, signed.entityId)).toString('base64'))}&SigAlg=${encodeURIComponent(RSA_SHA256)}`;
    const signature = createSign('sha256').update(octets).sign(foreignKey, 'base64');
    return raw(`/saml/sso?${octets}&Signature=${encodeURIComponent(signature)}`);
  };

  const page = (name: string, check: string, ask: () => Promise<Answer>, httpStatus = 400): void => {
    cases.push({ name, ask, check, answer: 'page', httpStatus });
  };
  const status = (name: string, check: string, ask: () => Promise<Answer>): void => {
    cases.push({ name, ask, check, answer: 'status' });
  };
  const dtd = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>';
  const entities = Array.from('bcdefghij', (name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'.charAt(at)};`.repeat(10)}">`);
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${entities.join('')}]><a>&j;</a>`;

  page('not base64, by Redirect', 'request.decodable', () => raw('/saml/sso?SAMLRequest=%00%25%25'));
  page('not XML, by Redirect (X05)', 'request.decodable', () => byRedirect('this is no XML'));
  page('not XML, by POST (X05)', 'request.decodable', () => byPost('this is no XML'));
  page('another message than AuthnRequest', 'request.schema', () => byPost('<a xmlns="urn:b"/>'));
  page('a DTD with an external entity (X01)', 'request.decodable', () => byPost(`${dtd}${requestXml()}`));
  page('an entity bomb (X01)', 'request.decodable', () => byRedirect(bomb));
  page('10 MB, by POST (X11, U17)', 'request.size', () => byPost(requestXml({ ProviderName: 'x'.repeat(10_000_000) })), 413);
  page('300 KB within the limit of the form (X11)', 'request.size', () => byPost(requestXml({ ProviderName: 'x'.repeat(300_000) })));
  page('an inflate bomb (X10)', 'request.size', () => byRedirect(Buffer.alloc(8_000_000, 0x20)));
  page('5,000 levels (X11, BND-22)', 'request.decodable', () => byRedirect(`${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`));
  page(
    'a body that is no form (U17)',
    'request.binding',
    () => raw('/saml/sso', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: requestXml() }),
    415,
  );
  page('a wrong Destination (CORE-06, I06)', 'request.destination', () => byRedirect(requestXml({ Destination: 'https://idp.example/saml/sso' })));
  page('an unknown issuer (SSO-01)', 'request.issuer-known', () => byRedirect(requestXml({}, 'https://nobody.example/metadata')));
  page('a foreign reply address (SSO-02, I01)', 'request.acs-known', () => byPost(requestXml({ AssertionConsumerServiceURL: 'https://evil.example/acs' })));
  page('a reply address with a suffix (SSO-02)', 'request.acs-known', () => byPost(requestXml({ AssertionConsumerServiceURL: `${open.acs}/../acs2` })));
  page('no signature where one is required (SSO-13, S04)', 'request.signature-present', () => byRedirect(requestXml({}, signed.entityId)));
  page('a signed message changed on the way (S04)', 'request.signature-valid', () => tampered((xml) => xml.replace(/ID="_/u, 'ID="_f')));
  page('a signature by another key (S05)', 'request.signature-valid', signedByAnother);
  page('a digest changed on the way (S09)', 'request.signature-valid', () => tampered((xml) => xml.replace(/DigestValue>./u, 'DigestValue>=')));
  page('two messages at once (BND-21)', 'request.binding', () => byRedirect(requestXml(), '&SAMLResponse=x'));
  page('a field twice in a form (U10, S12)', 'request.binding', () => postBody('SAMLRequest=a&SAMLRequest=b'));
  page('a message in query and body (S13)', 'request.binding', () => raw(query(requestXml()), { method: 'POST', headers: FORM, body: 'SAMLRequest=PGE%2B' }));
  page('an unknown encoding (BND-02)', 'request.decodable', () => byRedirect(requestXml(), '&SAMLEncoding=urn%3Aother'));
  page('a RelayState of 3 KB (I04)', 'request.relaystate', () => byRedirect(requestXml(), `&RelayState=${'r'.repeat(3000)}`));
  status('an old message (I07)', 'request.age', () => byRedirect(requestXml({ IssueInstant: new Date(Date.now() - 3_600_000).toISOString() })));
  status('a message from the future (I07)', 'request.age', () => byRedirect(requestXml({ IssueInstant: new Date(Date.now() + 3_600_000).toISOString() })));
  status('another version (CORE-01)', 'request.version', () => byRedirect(requestXml({ Version: '3.0' })));
  status('an answer by Redirect (SSO-05)', 'request.acs-binding', () =>
    byRedirect(requestXml({ ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' })),
  );

  before(async () => {
    world = await theWorld();
    foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const plan = { toolkit: 'node-saml', decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
    const added = await world.register([
      { ...plan, name: 'bent-open', binding: 'redirect', signsRequests: false },
      { ...plan, name: 'bent-signed', binding: 'post', signsRequests: true },
    ]);
    const [first, second] = added;
    if (first === undefined || second === undefined) throw new Error('applications are missing');
    [open, signed] = [first, second];
    browser = await signedIn(world, MARIA);
    // Both have been answered before: what follows finds nothing new to write.
    for (const application of [open, signed]) await browser.handOff(await browser.open(application.loginUrl()));
    tablesBefore = countRows(world);
    for (const { name, ask } of cases) {
      answers.set(name, await ask());
      const good = await browser.handOff(await browser.open((name.includes('signature') ? signed : open).loginUrl()));
      succeeded.set(name, readVerdict(good).status);
    }
    tablesAfter = countRows(world);
    const references = cases.map(({ name }) => referenceIn(answers.get(name)));
    const printed = await world.node.all(
      references.map((reference) => ['trace', reference, '--json']),
      { retryMs: 1000 },
    );
    cases.forEach(({ name }, at) => traces.set(name, printed[at] ?? ''));
  });

  for (const { name, check, answer, httpStatus } of cases) {
    it(`${name}: ${check}`, () => {
      const got = answers.get(name);
      if (got === undefined) throw new Error('not asked');
      if (answer === 'page') {
        expect(got.status).to.equal(httpStatus);
        expect(got.headers['content-type']).to.include('text/html');
        expect(readForms(got.body, new URL(world.node.baseUrl)).filter((form) => form.action.origin !== world.node.baseUrl)).to.deep.equal([]);
      } else {
        const [form] = readForms(got.body, new URL(world.node.baseUrl)).filter((candidate) => candidate.handsOff);
        expect(form?.action.href).to.equal(open.acs);
        expect(messageIn(got)).to.not.include('Assertion ');
      }
      expect(got.body).to.not.match(/\bat [\w.]+ \(|node_modules|\.js:\d+/u);
      const records = JSON.parse(traces.get(name) ?? '') as readonly Readonly<Record<string, unknown>>[];
      expect(records.map((record) => [record['check'], record['outcome']])).to.deep.equal([[check, 'refused']]);
      expect(traces.get(name)).to.include(`"${check}"`);
      expect(succeeded.get(name), 'the untouched message afterwards').to.equal(200);
    });
  }

  it('wrote nothing: no session, no name, no change', () => {
    expect(tablesAfter).to.deep.equal(tablesBefore);
  });

  it('answers other methods with what it takes (BND-23)', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const { status: code, headers } = await raw('/saml/sso', { method });
      expect([code, headers['allow']]).to.deep.equal([405, 'GET, POST']);
    }
  });
});

function messageIn(answer: Answer | undefined): string {
  const [form] = readForms(answer?.body ?? '', new URL('http://localhost')).filter((candidate) => candidate.handsOff);
  return Buffer.from(form?.fields.get('SAMLResponse') ?? '', 'base64').toString();
}

/** On a page of ours it is shown; towards an application it stands in the StatusMessage. */
function referenceIn(answer: Answer | undefined): string {
  const message = messageIn(answer);
  return referenceOf({ body: message === '' ? (answer?.body ?? '') : message });
}

/** Everything that is kept but the journal and short-lived counters, by table and kind. */
function countRows(world: World): unknown {
  const database = new DatabaseSync(join(world.node.data, 'signet.db'), { readOnly: true });
  try {
    const count = (sql: string): unknown => database.prepare(sql).all();
    return {
      // Attempts are counted by the brakes, leases taken by jobs in the background.
      ephemeral: count("select kind, count(*) as n from ephemeral where kind not in ('attempts', 'lease') group by kind order by kind"),
      tables: ['users', 'relying_parties', 'persistent_names', 'signing_keys', 'changes', 'settings'].map((table) =>
        count(`select count(*) as n from ${table}`),
      ),
    };
  } finally {
    database.close();
  }
}
