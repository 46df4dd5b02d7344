/** Sign-out of several applications, over both protocols, from the first message to the last. */
import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import { type RelyingParty, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import type { HttpReply, PageReply } from '../../../src/http/reply.js';
import { BINDING, NS } from '../../../src/xml/names.js';
import { parseXml } from '../../../src/xml/parse.js';
import { attribute, child, children, exactText } from '../../../src/xml/read.js';
import { aRelyingParty, aSession, aTrace } from '../../support/builders.js';
import { byPost, byRedirect, loggingOut, logoutRequest, logoutResponse, type Sent, sentBy, signOn } from '../../support/logout.js';
import { memoryEphemeral } from '../../support/memory-ephemeral.js';
import { isPage, isSignOutPage, keyPairOf, testIdp, type TestIdp, testIdpWith } from '../../support/saml-idp.js';
import type { SigningPair } from '../../support/signed-requests.js';
import { canonicalByLibxml2, schemaProblems, xmlCryptoAccepts } from '../../support/xml-oracles.js';
import { statusOf } from '../../attacks/attempt.js';

const WIKI = 'https://wiki.example/';
const CLEAN_UP = 'https://wiki.example/?wa=wsignoutcleanup1.0';

interface Row {
  readonly key: string;
  readonly name: string;
  readonly state: string;
  readonly frame?: string;
}

describe('sign-out of several applications', () => {
  let pair: SigningPair;
  let one: RelyingParty;
  let two: RelyingParty;
  let three: RelyingParty;
  let wiki: RelyingParty;
  let idp: TestIdp;

  before(async () => {
    pair = await keyPairOf('sp.example');
    one = loggingOut('one.example', pair);
    two = loggingOut('two.example', pair);
    three = loggingOut('three.example', pair, { logoutEndpoints: [{ binding: BINDING.post, url: 'https://three.example/slo' }] });
    wiki = aRelyingParty({
      id: asId('wiki'),
      entityId: 'urn:wiki',
      identifiers: ['urn:wiki'],
      name: 'Wiki',
      protocols: ['wsfed'],
      replyAddresses: [{ binding: WSFED_BINDING, url: WIKI }],
    });
  });
  beforeEach(async () => {
    idp = await testIdp(one, two, three, wiki);
  });

  const signOnAtWiki = async (node = idp): Promise<void> => {
    expect((await node.get('/wsfed', 'wa=wsignin1.0&wtrealm=urn%3Awiki')).kind).to.equal('post-form');
  };
  const rowsOf = (page: PageReply): readonly Row[] => page.model['applications'] as readonly Row[];
  const idOf = (page: PageReply): string => page.model['id'] as string;
  const query = (id: string): string => `id=${encodeURIComponent(id)}`;
  const progress = async (id: string, node = idp): Promise<{ readonly done: boolean; readonly applications: readonly Row[] }> => {
    const reply = await node.get('/logout/progress', query(id));
    expect(reply).to.include({ kind: 'text', status: 200, type: 'application/json' });
    return JSON.parse(reply.kind === 'text' ? reply.body : '') as { done: boolean; applications: Row[] };
  };
  const done = (id: string, more = ''): Promise<HttpReply> => idp.get('/logout/done', query(id) + more);
  /** What a frame carries to its application. */
  const inFrame = async (page: PageReply, name: string): Promise<Sent> => {
    const row = rowsOf(page).find((entry) => entry.name === name);
    const frame = row?.frame ?? '';
    return sentBy(idp, frame.startsWith('/') ? await idp.get('/logout/frame', frame.slice(frame.indexOf('?') + 1)) : frame, 'SAMLRequest');
  };
  const answer = (party: RelyingParty, request: Sent, status = ['Success'], node = idp): Promise<HttpReply> =>
    byRedirect(node, logoutResponse(idp.clock, party, attribute(parseXml(request.xml), 'ID'), { status }), pair, { parameter: 'SAMLResponse' });
  const byUser = async (node = idp): Promise<PageReply> =>
    isSignOutPage(node, await node.signOut.begin({ sessions: [aSession()], reason: 'user', clientAddress: '192.0.2.1', trace: aTrace() }));

  it('ends the session first, then tells everybody but who asked, each by its own name, index and binding (SLO-08, SLO-09, SLO-16)', async () => {
    const names = [await signOn(idp, one), await signOn(idp, two), await signOn(idp, three)] as const;
    await signOnAtWiki();
    const page = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, names[0]), pair));
    expect(await idp.ssoSessions.find(asId('session-1'))).to.equal(undefined);
    expect([page.view, page.model['backTo']]).to.deep.equal(['logout/progress', 'one.example']);
    expect(rowsOf(page).map(({ name, state }) => [name, state])).to.deep.equal([
      ['three.example', 'waiting'],
      ['two.example', 'waiting'],
      ['Wiki', 'asked'],
    ]);
    expect(rowsOf(page)[2]?.frame).to.equal(CLEAN_UP);
    const [second, third] = [await inFrame(page, 'two.example'), await inFrame(page, 'three.example')];
    expect([second.binding, second.to, third.binding, third.to]).to.deep.equal(['redirect', 'https://two.example/slo', 'post', 'https://three.example/slo']);
    for (const [sent, name] of [
      [second, names[1]],
      [third, names[2]],
    ] as const) {
      const root = parseXml(sent.xml);
      expect(children(root, NS.samlp, 'SessionIndex').map(exactText)).to.deep.equal([name.sessionIndex]);
      const nameId = child(root, NS.saml, 'NameID');
      expect(nameId === undefined ? '' : exactText(nameId)).to.equal(name.value);
      expect(attribute(root, 'Destination')).to.equal(sent.to);
      expect(sent.relayState).to.equal(undefined);
      expect(schemaProblems(sent.xml)).to.deep.equal([]);
      expect(canonicalByLibxml2(sent.xml)).to.equal(sent.xml);
    }
    expect(xmlCryptoAccepts(third.xml, attribute(parseXml(third.xml), 'ID') ?? '', idp.certificate)).to.equal(true);
  });

  it('loads again what is under way, message for message, and once it is over what came of it', async () => {
    const name = await signOn(idp, one);
    await signOn(idp, two);
    const reply = await byRedirect(idp, logoutRequest(idp.clock, one, name), pair);
    const first = await isSignOutPage(idp, reply);
    expect((await isSignOutPage(idp, reply)).model).to.deep.equal(first.model);
    idp.clock.advance(5000);
    expect(await idp.get('/logout/run', query(idOf(first)))).to.deep.equal({
      kind: 'redirect',
      location: `/logout/done?${query(idOf(first))}`,
      status: 303,
    });
    expect(isPage(await idp.get('/logout/run', query('_nobody'))).view).to.equal('logout/done');
  });

  it('answers who asked with Success once all have confirmed (SLO-07, L05)', async () => {
    const name = await signOn(idp, one);
    await signOn(idp, two);
    await signOn(idp, three);
    await signOnAtWiki();
    const page = await isSignOutPage(idp, await byPost(idp, logoutRequest(idp.clock, one, name), pair, { relayState: 'r' }));
    expect((await progress(idOf(page))).done).to.equal(false);
    for (const party of [two, three]) expect(isPage(await answer(party, await inFrame(page, party.name)))).to.include({ view: 'logout/framed', status: 200 });
    expect(await progress(idOf(page))).to.deep.equal({
      done: true,
      applications: [
        { key: '0', state: 'confirmed' },
        { key: '1', state: 'confirmed' },
        { key: '2', state: 'asked' },
      ],
    });
    const sent = sentBy(idp, await done(idOf(page)));
    expect([sent.binding, sent.relayState, statusOf(sent.xml)]).to.deep.equal(['post', 'r', ['Success']]);
    expect(idp.signedOut.map(({ outcome, trace }) => [outcome, trace.steps.filter((step) => step.name === 'told').map((step) => step.detail)])).to.deep.equal([
      ['succeeded', []],
      ['succeeded', ['three.example: confirmed', 'two.example: confirmed', 'Wiki: asked']],
    ]);
    await done(idOf(page));
    expect(idp.signedOut).to.have.length(2);
  });

  const partial: readonly (readonly [string, string, (page: PageReply) => Promise<string>])[] = [
    [
      'refuses',
      'refused',
      async (page) => {
        await answer(two, await inFrame(page, 'two.example'), ['Responder']);
        return '';
      },
    ],
    [
      'ends its own session but not all behind it',
      'refused',
      async (page) => {
        await answer(two, await inFrame(page, 'two.example'), ['Success', 'PartialLogout']);
        return '';
      },
    ],
    [
      'is silent for five seconds (SLO-11)',
      'silent',
      async (page) => {
        idp.clock.advance(4999);
        expect((await progress(idOf(page))).done).to.equal(false);
        idp.clock.advance(1);
        expect((await progress(idOf(page))).done).to.equal(true);
        return '';
      },
    ],
    ['is not waited for any longer', 'silent', () => Promise.resolve('')],
  ];
  for (const [what, state, happen] of partial) {
    it(`says PartialLogout, second level, when one ${what}; the person reads which (SLO-07)`, async () => {
      const name = await signOn(idp, one);
      await signOn(idp, two);
      const page = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name), pair));
      const result = isPage(await done(idOf(page), await happen(page)));
      expect(result.view).to.equal('logout/done');
      expect(rowsOf(result)).to.deep.equal([{ key: '0', name: 'two.example', state, openUrl: 'https://two.example/' }]);
      const back = result.model['back'] as { readonly name: string; readonly href: string };
      expect(back.name).to.equal('one.example');
      expect(statusOf(sentBy(idp, back.href).xml)).to.deep.equal(['Success', 'PartialLogout']);
    });
  }

  it('at once with PartialLogout when there is nobody who could be told (SLO-07)', async () => {
    idp.parties.set(two.entityId, { ...two, logoutEndpoints: [] });
    const name = await signOn(idp, one);
    await signOn(idp, two);
    const sent = sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name), pair));
    expect(statusOf(sent.xml)).to.deep.equal(['Success', 'PartialLogout']);
  });

  it('takes what the page could not reach as silent, of WS-Federation only', async () => {
    await signOnAtWiki();
    await signOn(idp, two);
    const page = await byUser();
    await answer(two, await inFrame(page, 'two.example'));
    const result = isPage(await done(idOf(page), '&unreachable=0.1.x.99999'));
    expect(rowsOf(result).map(({ name, state }) => [name, state])).to.deep.equal([
      ['two.example', 'confirmed'],
      ['Wiki', 'silent'],
    ]);
  });

  it('our requests say why, and hold at least five minutes and as long as a token of that party (SLO-05, SLO-14)', async () => {
    for (const [reason, lifetimeSeconds, holds] of [
      ['user', undefined, 300],
      ['admin', 60, 300],
      ['global-timeout', 3600, 3600],
      ['sp-timeout', 300, 300],
    ] as const) {
      idp = await testIdp(one, { ...two, lifetimeSeconds });
      await signOn(idp, two);
      const page = await isSignOutPage(idp, await idp.signOut.begin({ sessions: [aSession()], reason, clientAddress: '192.0.2.1', trace: aTrace() }));
      const root = parseXml((await inFrame(page, 'two.example')).xml);
      expect(attribute(root, 'Reason')).to.equal(`urn:oasis:names:tc:SAML:2.0:logout:${reason}`);
      expect(Date.parse(attribute(root, 'NotOnOrAfter') ?? '') - idp.clock.now()).to.equal(holds * 1000);
    }
  });

  it('tells an application once for two browsers, with both indexes (SLO-04)', async () => {
    const first = await signOn(idp, two);
    const name = await signOn(idp, one);
    idp.session = aSession({ id: asId('session-2') });
    await idp.ssoSessions.save(idp.session);
    const second = await signOn(idp, two);
    await signOn(idp, one);
    const page = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name, { indexes: [] }), pair));
    expect(rowsOf(page)).to.have.length(1);
    const indexes = children(parseXml((await inFrame(page, 'two.example')).xml), NS.samlp, 'SessionIndex').map(exactText);
    expect(indexes).to.have.members([first.sessionIndex, second.sessionIndex]);
  });

  it('request ids tell the applications nothing about one another, and an answer counts for its own party only (L05)', async () => {
    await signOn(idp, two);
    await signOn(idp, three);
    const page = await byUser();
    const request = await inFrame(page, 'two.example');
    expect(request.xml).to.not.include(idOf(page));
    expect(isPage(await answer(three, request))).to.include({ view: 'errors/error', status: 400 });
    expect((await progress(idOf(page))).applications.map(({ state }) => state)).to.deep.equal(['waiting', 'waiting']);
    await answer(two, request);
    await answer(two, request, ['Responder']);
    expect((await progress(idOf(page))).applications.map(({ state }) => state)).to.deep.equal(['waiting', 'confirmed']);
  });

  it('goes on at another node: the page, the answers, the end (REL)', async () => {
    const ephemeral = memoryEphemeral(idp.clock);
    idp = await testIdpWith({ ephemeral }, one, two, three);
    const node = await testIdpWith({ ephemeral }, one, two, three);
    await signOn(idp, two);
    await signOn(idp, three);
    const page = await byUser();
    const [second, third] = [await inFrame(page, 'two.example'), await inFrame(page, 'three.example')];
    await Promise.all([answer(two, second, ['Success'], node), answer(three, third, ['Responder'], idp)]);
    expect((await progress(idOf(page), node)).applications.map(({ state }) => state)).to.deep.equal(['refused', 'confirmed']);
  });

  it('ASL-01, ASL-02: with Asynchronous in Extensions no answer is sent, elsewhere the element means nothing', async () => {
    const element = `<aslo:Asynchronous xmlns:aslo="${NS.aslo}"/>`;
    const name = await signOn(idp, one);
    const wish = { before: `<samlp:Extensions>${element}</samlp:Extensions>` };
    const result = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name, wish), pair));
    expect([result.view, result.model['back']]).to.deep.equal(['logout/done', undefined]);
    expect(await idp.ssoSessions.find(asId('session-1'))).to.equal(undefined);
    idp = await testIdp(one);
    await signOn(idp, one);
    const inside = { before: `<samlp:Extensions><x xmlns="urn:x">${element}</x></samlp:Extensions>` };
    expect(statusOf(sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name, inside), pair)).xml)).to.deep.equal(['Success']);
  });

  it('an id that nobody knows, or no longer, is a harmless page', async () => {
    await signOn(idp, two);
    const page = await byUser();
    idp.clock.advance(601_000);
    for (const id of [idOf(page), '', 'nobody', `${idOf(page)} 0`]) {
      expect(await progress(id)).to.deep.equal({ done: true, applications: [] });
      expect(isPage(await done(id)).model).to.deep.equal({ applications: [] });
      expect(isPage(await idp.get('/logout/frame', `${query(id)}&n=0`)).view).to.equal('logout/framed');
    }
  });

  it('an application that asked, and was switched off meanwhile, is not answered (A08)', async () => {
    const session = await signOn(idp, one);
    await signOn(idp, two);
    const page = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, session), pair));
    await answer(two, await inFrame(page, two.name));
    idp.parties.set(one.entityId, { ...one, enabled: false });
    const result = isPage(await done(idOf(page)));
    expect([result.view, result.model['back']]).to.deep.equal(['logout/done', undefined]);
  });

  it('an application that was removed meanwhile is named, and the others are told', async () => {
    await signOn(idp, two);
    await signOn(idp, three);
    idp.parties.delete(two.entityId);
    const page = await byUser();
    expect(rowsOf(page).map(({ name, state }) => [name, state])).to.deep.equal([
      [two.entityId, 'cannot'],
      ['three.example', 'waiting'],
    ]);
  });
});
