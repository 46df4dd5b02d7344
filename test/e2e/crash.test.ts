import { expect } from 'chai';
import { Agent } from 'node:http';
import { Browser, send } from '../support/browser.js';
import { readForms } from '../support/html-forms.js';
import { startNode, type TestNode } from '../support/node.js';
import { until } from '../support/patience.js';
import type { Applications } from '../support/service-provider.js';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { MARIA, theApplications } from './world.js';

const CLIENTS = 8;
/** So many are in before the blow. */
const ANSWERS = 120;

describe('kill -9 during load', () => {
  let node: TestNode;
  let applications: Applications;
  before(async () => {
    [node, applications] = await Promise.all([startNode(), theApplications()]);
  });
  after(async () => {
    await node.end();
  });

  it('no answer was sent whose record is missing, and the data folder opens again with everybody signed in (S19)', async () => {
    const idpMetadata = (await send(`${node.origin}/saml/metadata`)).body;
    const application = await applications.add({
      name: 'crash',
      toolkit: 'node-saml',
      binding: 'redirect',
      signsRequests: false,
      decrypts: false,
      wantsSigned: ['assertion'],
      idpMetadata,
    });
    const file = join(node.data, 'app.xml');
    writeFileSync(file, application.metadata);
    await node.all([
      ['user', 'add', MARIA.name, '--password', MARIA.password],
      ['rp', 'add', file],
    ]);
    const browser = new Browser();
    await browser.signIn(await browser.open(node.url('/login')), MARIA);
    const cookie = browser.jar.header(new URL(node.baseUrl), 'same-site') ?? '';

    const received: string[] = [];
    let running = true;
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const client = async (): Promise<void> => {
      while (running) {
        const answer = await send(`${node.origin}/saml/sso/init?sp=${encodeURIComponent(application.entityId)}`, { headers: { cookie } }, agent);
        const [form] = readForms(answer.body, new URL(node.baseUrl)).filter((candidate) => candidate.handsOff);
        const xml = Buffer.from(form?.fields.get('SAMLResponse') ?? '', 'base64').toString();
        const id = /<saml:Assertion [^>]*\bID="([^"]*)"/u.exec(xml)?.[1];
        if (id === undefined) throw new Error(`no assertion: ${String(answer.status)}`);
        received.push(id);
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    // What the end of the process does to them is no failure.
    const settled = Promise.allSettled(clients);
    await until('load', () => received.length >= ANSWERS, 20_000, 5);
    node.kill('SIGKILL');
    await node.ended();
    running = false;
    await settled;
    agent.destroy();

    await node.start();
    const [printed = ''] = await node.all([['log', '--json']]);
    const tokens = printed.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { readonly tokenId: string | null }).tokenId]));
    const recorded = new Set(tokens);
    expect(received.filter((id) => !recorded.has(id))).to.deep.equal([]);
    expect(recorded.size, 'no record twice').to.equal(tokens.length);
    const again = await send(`${node.origin}/saml/sso/init?sp=${encodeURIComponent(application.entityId)}`, { headers: { cookie } });
    expect(readForms(again.body, new URL(node.baseUrl)).some((form) => form.handsOff)).to.equal(true);
  });
});
