import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createMetadataRefresh, type MetadataRefresh } from '../../src/admin/metadata-refresh.js';
import { createRelyingPartyAdmin } from '../../src/admin/relying-parties.js';
import type { RelyingPartyRecord, RelyingPartyOverrides } from '../../src/core/model/relying-party.js';
import type { MetadataReading } from '../../src/core/model/metadata-history.js';
import type { Signer } from '../../src/core/ports.js';
import { createRefreshJob } from '../../src/jobs/refresh-metadata.js';
import { takeTurn } from '../../src/jobs/scheduler.js';
import type { Storage } from '../../src/storage/open.js';
import { fakeClock, NOW } from '../support/builders.js';
import {
  aggregateText,
  aSigner,
  type Answer,
  FEED_ENTITY,
  type Feed,
  feedText,
  type FeedServer,
  signedAggregate,
  signedFeed,
  startFeedServer,
} from '../support/feeds.js';
import { type Home, sqliteTarget } from '../support/storage-targets.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CLI = { actor: 'cli' };

describe('metadata that is read again by itself (IIP-MD02, B9)', () => {
  let home: Home;
  let storage: Storage;
  let server: FeedServer;
  let clock: ReturnType<typeof fakeClock>;
  let log: string[];
  let timeoutMs: number;
  let feedSigner: Signer;
  let otherSigner: Signer;
  let appKey: string;
  let nextKey: string;

  before(async () => {
    [feedSigner, otherSigner] = await Promise.all([aSigner('feed'), aSigner('other')]);
    [appKey, nextKey] = (await Promise.all([aSigner('app'), aSigner('next')])).map(({ certificate }) => certificate) as [string, string];
  });
  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
    storage = await home.open();
    server = await startFeedServer();
    clock = fakeClock();
    log = [];
    timeoutMs = 10_000;
  });
  afterEach(async () => {
    await server.close();
    await home.remove();
  });

  const partsOf = ({ relyingParties, metadataHistory, signingKeys }: Storage) => ({
    relyingParties,
    metadataHistory,
    signingKeys,
    clock,
    makeId: () => `rp-${String(Math.trunc(performance.now() * 1e6))}`,
    ownNames: [],
    fetchAllow: ['127.0.0.1'],
    timeoutMs,
  });
  const refreshOf = (node: Storage): MetadataRefresh => createMetadataRefresh(partsOf(node));
  const jobOf = (node: Storage, refresh = refreshOf(node)): ReturnType<typeof createRefreshJob> => {
    const write =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>>): void => {
        log.push(`${level} ${message} ${JSON.stringify(fields)}`);
      };
    return createRefreshJob({
      relyingParties: node.relyingParties,
      metadataHistory: node.metadataHistory,
      refresh,
      clock,
      log: { info: write('info'), warn: write('warn') },
    });
  };

  const add = async (path: string, overrides: RelyingPartyOverrides = {}, entityId?: string): Promise<void> => {
    const certificates = overrides.refresh?.certificates;
    await createRelyingPartyAdmin(partsOf(storage)).add(
      { kind: 'url', location: server.origin + path },
      { overrides, ...(entityId === undefined ? {} : { entityId }), ...(certificates === undefined ? {} : { certificates }) },
      CLI,
    );
  };
  const stored = async (entityId = FEED_ENTITY): Promise<RelyingPartyRecord> => {
    const record = await storage.relyingParties.findByEntityId(entityId);
    if (record === undefined) throw new Error(`${entityId} is not there`);
    return record;
  };
  const reading = async (entityId = FEED_ENTITY): Promise<MetadataReading> => {
    const found = await storage.metadataHistory.reading((await stored(entityId)).id);
    if (found === undefined) throw new Error('it was not looked at');
    return found;
  };
  const held = async (): Promise<readonly string[] | undefined> => {
    const found = await storage.metadataHistory.held((await stored()).id);
    return found?.droppedAt === undefined ? found?.reasons : undefined;
  };
  const look = (): Promise<void> => jobOf(storage).run({ signal: new AbortController().signal, keep: () => Promise.resolve(true) });
  /** A day later, when everything is due. */
  const lookTomorrow = async (): Promise<void> => {
    await look();
    clock.advance(DAY);
    server.asked.length = 0;
    await look();
  };

  async function addThenPublish(before: Feed, after: Feed, overrides: RelyingPartyOverrides = {}): Promise<void> {
    const text = (feed: Feed): string | Promise<string> => (overrides.refresh?.certificates === undefined ? feedText(feed) : signedFeed(feedSigner, feed));
    server.put('/m', await text(before));
    await add('/m', overrides);
    server.put('/m', await text(after));
    await lookTomorrow();
  }

  describe('what is applied and what is held', () => {
    const pinned = (): RelyingPartyOverrides => ({ refresh: { certificates: [feedSigner.certificate] } });
    const acs = ['https://app.example/acs'];

    const harmless: readonly (readonly [string, () => Feed, () => Feed, (() => RelyingPartyOverrides)?])[] = [
      ['another name', () => ({}), () => ({ name: 'New' })],
      ['an address on its host', () => ({}), () => ({ acs: [...acs, 'https://app.example/two'] })],
      ['a key more, in a signed feed', () => ({ signing: [appKey] }), () => ({ signing: [appKey, nextKey] }), pinned],
      ['another key, in a signed feed (MDX-03)', () => ({ signing: [appKey] }), () => ({ signing: [nextKey] }), pinned],
      ['a later end', () => ({ validUntil: NOW + 3 * DAY }), () => ({ validUntil: NOW + 9 * DAY })],
      ['a new demand for signed assertions', () => ({}), () => ({ wantsSigned: true })],
    ];
    for (const [what, before, after, overrides = (): RelyingPartyOverrides => ({})] of harmless) {
      it(`${what}: applied`, async () => {
        await addThenPublish(before(), after(), overrides());
        const record = await stored();
        expect(record.version).to.equal(2);
        expect(await held()).to.equal(undefined);
        expect(log.join('\n')).to.match(/info changed metadata was applied/u);
        const [entry] = await storage.changeLog.read(undefined, 1);
        expect(entry).to.include({ actor: 'system', action: 'refresh application' });
        expect(await reading()).to.include({ failures: 0, succeededAt: clock.now() });
      });
    }

    const dangerous: readonly (readonly [string, () => Feed, () => Feed, RegExp, (() => RelyingPartyOverrides)?])[] = [
      ['an address on another host', () => ({}), () => ({ acs: [...acs, 'https://evil.example/acs'] }), /evil\.example/u],
      ['an address with http', () => ({}), () => ({ acs: [...acs, 'http://app.example/acs'] }), /uses http/u],
      ['another key, unsigned (M05)', () => ({ signing: [appKey] }), () => ({ signing: [appKey, nextKey] }), /not signed by a certificate that is pinned/u],
      ['its last key gone', () => ({ signing: [appKey] }), () => ({}), /last signing certificate is gone/u, pinned],
      [
        'its demand for signed requests gone',
        () => ({ signing: [appKey], signsRequests: true }),
        () => ({ signing: [appKey] }),
        /requests are signed/u,
        pinned,
      ],
      ['its demand for signed assertions gone', () => ({ wantsSigned: true }), () => ({}), /asks for signed assertions/u],
      ['its last encryption key gone', () => ({ encryption: [appKey] }), () => ({}), /leave unencrypted/u, pinned],
      ['harmless and dangerous ones in one: all of it', () => ({}), () => ({ name: 'New', acs: ['https://evil.example/acs'] }), /evil\.example/u],
      ['anything where it is set to hold', () => ({}), () => ({ name: 'New' }), /every change .* waits/u, () => ({ refresh: { mode: 'hold' } })],
    ];
    for (const [what, before, after, reason, overrides = (): RelyingPartyOverrides => ({})] of dangerous) {
      it(`${what}: held, and put in force by a person`, async () => {
        await addThenPublish(before(), after(), overrides());
        const kept = await stored();
        expect(kept.version).to.equal(1);
        expect((await held())?.join('\n')).to.match(reason);
        expect(log.join('\n')).to.match(/warn changed metadata waits for a decision/u);
        expect((await storage.changeLog.read(undefined, 1))[0]).to.include({ actor: 'system', action: 'hold metadata' });
        const { record, changes } = await refreshOf(storage).accept(FEED_ENTITY, CLI);
        expect(changes).to.not.deep.equal([]);
        expect(await stored()).to.deep.equal(record);
        expect(record.metadata).to.not.deep.equal(kept.metadata);
        expect(await held()).to.equal(undefined);
      });
    }

    it('says nothing new as long as the source says the same, and lets go when it says again what is in force', async () => {
      await addThenPublish({}, { acs: ['https://evil.example/acs'] });
      log.length = 0;
      await lookTomorrow();
      expect([log, (await held())?.length]).to.deep.equal([[], 1]);
      server.put('/m', feedText({ acs: ['https://other.example/acs'] }));
      await lookTomorrow();
      expect((await held())?.join()).to.match(/other\.example/u);
      server.put('/m', feedText());
      await lookTomorrow();
      expect(await held()).to.equal(undefined);
      expect((await stored()).version).to.equal(1);
    });

    it('does not hold again what somebody dropped, until the source says something else', async () => {
      await addThenPublish({}, { acs: ['https://evil.example/acs'] });
      await refreshOf(storage).drop(FEED_ENTITY, CLI);
      await lookTomorrow();
      expect(await held()).to.equal(undefined);
      server.put('/m', feedText({ acs: ['https://evil.example/two'] }));
      await lookTomorrow();
      expect((await held())?.join()).to.match(/evil\.example\/two/u);
    });

    it('holds an identifier that somebody else has, and says whose it is (M01)', async () => {
      const realm = (names: string): string =>
        `<fed:TargetScopes>${names}</fed:TargetScopes><fed:PassiveRequestorEndpoint><a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>https://app.example/wsfed</a:Address></a:EndpointReference></fed:PassiveRequestorEndpoint>`;
      const scope = (name: string): string =>
        `<a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>${name}</a:Address></a:EndpointReference>`;
      const text = (...names: readonly string[]): string =>
        `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${FEED_ENTITY}"><md:RoleDescriptor xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706">${realm(names.map(scope).join(''))}</md:RoleDescriptor></md:EntityDescriptor>`;
      server.put('/m', text(FEED_ENTITY));
      await add('/m');
      server.put('/other', feedText({ entityId: 'urn:bank' }));
      await add('/other');
      server.put('/m', text(FEED_ENTITY, 'urn:bank'));
      await lookTomorrow();
      expect((await held())?.join('\n')).to.match(/did not have[\s\S]*urn:bank/u);
      const error: unknown = await refreshOf(storage)
        .accept(FEED_ENTITY, CLI)
        .catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'conflict');
    });

    it('writes an end that moves on a little with every reading only now and then, and no version of it', async () => {
      server.put('/m', (_request, response) => response.end(feedText({ validUntil: clock.now() + 14 * DAY, cacheDuration: 'PT1H' })));
      await add('/m');
      for (let hours = 0; hours < 40; hours += 1) {
        await look();
        clock.advance(60 * MINUTE);
      }
      expect((await stored()).version).to.equal(2);
      expect(await storage.metadataHistory.versions((await stored()).id)).to.have.length(1);
    });
  });

  describe('sources that cannot be used', () => {
    const html: Answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sign in</title>');
    const wrong: readonly (readonly [string, () => string | Promise<string> | Answer, RegExp])[] = [
      ['down', () => (_request, response) => response.destroy(), /broke the connection/u],
      ['answering with an error', () => (_request, response) => response.writeHead(500).end(), /status 500/u],
      ['slow', () => (_request, response) => response.writeHead(200).write('<'), /did not answer in 0\.15 seconds/u],
      ['huge', () => (_request, response) => response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024 + 1, 32)), /larger than 10 MB/u],
      [
        'a compressed bomb (M03)',
        () => (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
        /larger than 10 MB/u,
      ],
      ['a web page', () => html, /answers with a web page/u],
      ['ended (M04)', () => feedText({ validUntil: NOW - DAY }), /ended on 2026-11-23/u],
      ['for another entity (M01)', () => feedText({ entityId: 'https://evil.example/' }), /is for https:\/\/evil\.example\//u],
      ['without any address', () => feedText({ acs: [] }), /AssertionConsumerService/u],
      [
        'redirecting elsewhere (M02)',
        () => (_request, response) => response.writeHead(302, { location: 'http://localhost:1/' }).end(),
        /redirects to another host/u,
      ],
    ];
    for (const [what, answer, sentence] of wrong) {
      it(`${what}: the copy in force stays, and it is said why`, async () => {
        server.put('/m', feedText());
        await add('/m');
        const before = await stored();
        server.put('/m', await answer());
        if (what === 'slow') timeoutMs = 150;
        await lookTomorrow();
        expect(await stored()).to.deep.equal(before);
        const { failures, lastError, nextAt, succeededAt } = await reading();
        expect([failures, succeededAt]).to.deep.equal([1, NOW]);
        expect(lastError).to.match(sentence);
        expect(nextAt - clock.now()).to.be.within(MINUTE, 1.1 * MINUTE);
        expect(log).to.have.length(1);
        expect(log[0]).to.match(/^warn metadata could not be read again; the copy in force stays/u);
      });
    }

    const unsigned: readonly (readonly [string, () => string | Promise<string>, RegExp])[] = [
      ['without a signature', () => feedText({ name: 'New' }), /is not signed/u],
      ['signed by somebody else', () => signedFeed(otherSigner, { name: 'New' }), /signed by CN=other/u],
      ['changed after it was signed', async () => (await signedFeed(feedSigner)).replace('>Acme<', '>Evil<'), /fits no certificate that was set/u],
    ];
    for (const [what, text, sentence] of unsigned) {
      it(`${what}, where a certificate is pinned: not used (M05, IIP-MD03)`, async () => {
        server.put('/m', await signedFeed(feedSigner));
        await add('/m', { refresh: { certificates: [feedSigner.certificate] } });
        server.put('/m', await text());
        await lookTomorrow();
        expect((await reading()).lastError).to.match(sentence);
        expect((await stored()).version).to.equal(1);
      });
    }

    it('are tried less and less often, told about once, and as soon as they can be used again', async () => {
      server.put('/m', feedText());
      await add('/m');
      server.put('/m', (_request, response) => response.writeHead(503).end());
      await lookTomorrow();
      const pauses: number[] = [];
      for (let tries = 0; tries < 8; tries += 1) {
        const { nextAt } = await reading();
        pauses.push(Math.floor((nextAt - clock.now()) / MINUTE));
        clock.advance(nextAt - clock.now() - 1);
        const asked = server.asked.length;
        await look();
        expect(server.asked.length).to.equal(asked);
        clock.advance(1);
        await look();
      }
      expect(pauses.map((pause, at) => pause - Math.min(2 ** at, 60)).every((late) => late >= 0 && late <= 6)).to.equal(true);
      expect(log).to.have.length(1);
      server.put('/m', feedText({ name: 'New' }));
      clock.advance(2 * 60 * MINUTE);
      await look();
      expect(log.slice(1).join('\n')).to.match(/was applied[\s\S]*can be read again/u);
      expect((await reading()).failures).to.equal(0);
    });

    it('hold up nobody else', async () => {
      server.put('/slow', feedText({ entityId: 'urn:slow' }));
      await add('/slow');
      for (let at = 0; at < 6; at += 1) {
        server.put(`/${String(at)}`, feedText({ entityId: `urn:${String(at)}` }));
        await add(`/${String(at)}`);
        server.put(`/${String(at)}`, feedText({ entityId: `urn:${String(at)}`, name: 'New' }));
      }
      server.put('/slow', () => undefined);
      timeoutMs = 300;
      await lookTomorrow();
      for (let at = 0; at < 6; at += 1) expect((await stored(`urn:${String(at)}`)).version).to.equal(2);
      expect((await reading('urn:slow')).failures).to.equal(1);
    });
  });

  for (const status of [301, 302, 307]) {
    it(`follows a redirect with ${String(status)} (MET-13, IIP-MD02)`, async () => {
      server.put('/m', feedText());
      await add('/m');
      server.put('/moved', feedText({ name: 'New' }));
      server.put('/m', (_request, response) => response.writeHead(status, { location: '/moved' }).end());
      await lookTomorrow();
      expect((await stored()).metadata.displayName).to.equal('New');
    });
  }

  it('sends the condition of the copy that it knows, and reads the whole again when something was set meanwhile', async () => {
    let tag = '"one"';
    const text = (): string => feedText({ name: tag });
    server.put('/m', (request, response) => {
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else response.writeHead(200, { etag: tag }).end(text().replaceAll('"one"', 'one').replaceAll('"two"', 'two'));
    });
    await add('/m');
    await lookTomorrow();
    await lookTomorrow();
    expect(server.asked).to.deep.equal(['/m unless "one"']);
    expect(await reading()).to.include({ etag: '"one"', succeededAt: clock.now(), failures: 0 });
    tag = '"two"';
    await lookTomorrow();
    expect((await stored()).metadata.displayName).to.equal('two');
    await storage.relyingParties.save(
      { ...(await stored()), overrides: { refresh: { certificates: [feedSigner.certificate] } } },
      { actor: 'cli', action: 'set' },
    );
    server.asked.length = 0;
    await look();
    expect(server.asked).to.deep.equal(['/m']);
    expect((await reading()).lastError).to.match(/is not signed/u);
  });

  for (const children of [1, 2, 50]) {
    it(`fetches a document of ${String(children)} once for all of its applications (MET-14, IIP-MD02)`, async () => {
      const feeds = (name: string): readonly Feed[] => Array.from({ length: children }, (_, at) => ({ entityId: `urn:${String(at)}`, name }));
      const mine = Math.min(children, 5);
      server.put('/all', await signedAggregate(feedSigner, feeds('Old')));
      for (let at = 0; at < mine; at += 1) await add('/all', { refresh: { certificates: [feedSigner.certificate] } }, `urn:${String(at)}`);
      server.put('/all', await signedAggregate(feedSigner, feeds('New')));
      await lookTomorrow();
      expect(server.asked).to.deep.equal(['/all']);
      for (let at = 0; at < mine; at += 1) expect((await stored(`urn:${String(at)}`)).metadata.displayName).to.equal('New');
    });
  }

  it('says of an application that is gone from its document that it is, and keeps it', async () => {
    server.put('/all', aggregateText([{ entityId: 'urn:a' }, { entityId: 'urn:b' }, { entityId: 'urn:c' }]));
    await add('/all', {}, 'urn:a');
    server.put('/all', aggregateText([{ entityId: 'urn:b' }, { entityId: 'urn:c' }]));
    await lookTomorrow();
    expect((await reading('urn:a')).lastError).to.match(/No entity of the file has the identifier urn:a/u);
  });

  it('reads nothing from files, by hand or where it is off', async () => {
    server.put('/m', feedText());
    await add('/m', { refresh: { mode: 'off' } });
    await lookTomorrow();
    await lookTomorrow();
    expect(server.asked).to.deep.equal([]);
  });

  it('warns a day before metadata ends, once for each end (MET-05)', async () => {
    server.put('/m', feedText({ validUntil: NOW + 2 * DAY }));
    await add('/m', { refresh: { mode: 'off' } });
    const warnings = async (): Promise<number> => {
      await look();
      return log.filter((line) => line.includes('metadata ends soon')).length;
    };
    expect(await warnings()).to.equal(0);
    clock.advance(DAY);
    expect(await warnings()).to.equal(1);
    expect(log.at(-1)).to.include('"validUntil":"2026-11-26T09:00:00.000Z"');
    clock.advance(DAY / 2);
    expect(await warnings()).to.equal(1);
  });

  describe('on several nodes', () => {
    it('is done by one of them', async () => {
      const other = await home.open();
      server.put('/m', feedText());
      await add('/m');
      await look();
      clock.advance(DAY);
      server.put('/m', (_request, response) => setTimeout(() => response.end(feedText({ name: 'New' })), 30));
      server.asked.length = 0;
      let ids = 0;
      await Promise.all(
        [storage, other].map(async (node) =>
          takeTurn(jobOf(node), new AbortController().signal, { ephemeral: node.ephemeral, makeId: () => String((ids += 1)), onError: () => undefined }),
        ),
      );
      expect(server.asked).to.deep.equal(['/m']);
      expect((await stored()).version).to.equal(2);
    });

    it('is left to another by one that was frozen while it read: what it has in its hands is old (zombie)', async () => {
      server.put('/m', feedText());
      await add('/m');
      await look();
      clock.advance(DAY);
      server.put('/m', feedText({ name: 'Old news' }));
      const refresh = refreshOf(storage);
      let isMine = true;
      const freezing: MetadataRefresh = {
        ...refresh,
        fetch: async (record, known) => {
          const read = await refresh.fetch(record, known);
          isMine = false;
          server.put('/m', feedText({ name: 'News' }));
          await look();
          return read;
        },
      };
      await jobOf(storage, freezing).run({ signal: new AbortController().signal, keep: () => Promise.resolve(isMine) });
      expect((await stored()).metadata.displayName).to.equal('News');
    });

    it('ends at once when the node does, without a word', async () => {
      server.put('/m', feedText());
      await add('/m');
      await look();
      clock.advance(DAY);
      const stop = new AbortController();
      server.put('/m', () => {
        stop.abort();
      });
      const before = await reading();
      await jobOf(storage).run({ signal: stop.signal, keep: () => Promise.resolve(!stop.signal.aborted) });
      expect(await reading()).to.deep.equal(before);
      expect(log).to.deep.equal([]);
    });
  });
});
