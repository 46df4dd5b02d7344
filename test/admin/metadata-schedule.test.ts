import { expect } from 'chai';
import { firstReading, isRefreshed, nextReading, nextTry } from '../../src/admin/metadata-schedule.js';
import type { MetadataRefresh, RelyingPartyMetadata, RelyingPartyRecord } from '../../src/core/model/relying-party.js';
import { aMetadata, aRecord, NOW } from '../support/builders.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function record(metadata: Partial<RelyingPartyMetadata> = {}, refresh: MetadataRefresh = {}, readAt = NOW): RelyingPartyRecord {
  return aRecord({ metadata: aMetadata(metadata), overrides: { refresh }, source: { kind: 'url', location: 'https://app.example/metadata', readAt } });
}

describe('when metadata is read again (MET-05, IIP-MD02)', () => {
  const cases: readonly (readonly [string, Parameters<typeof record>, number])[] = [
    ['a day, when nobody says anything', [], DAY],
    ['as cacheDuration says', [{ cacheSeconds: 6 * 3600 }], 6 * HOUR],
    ['never sooner than five minutes', [{ cacheSeconds: 1 }], 5 * MINUTE],
    ['never later than a day', [{ cacheSeconds: 30 * 86_400 }], DAY],
    ['half of what is left before the end', [{ cacheSeconds: 86_400, validUntil: NOW + 4 * HOUR }], 2 * HOUR],
    ['five minutes when it is about to end', [{ validUntil: NOW + MINUTE }], 5 * MINUTE],
    ['five minutes when it has ended', [{ validUntil: NOW - DAY }], 5 * MINUTE],
    ['as it is set', [{ cacheSeconds: 86_400 }, { intervalSeconds: 900 }], 15 * MINUTE],
    ['sooner than it is set when it ends', [{ validUntil: NOW + 2 * HOUR }, { intervalSeconds: 86_400 }], HOUR],
  ];
  for (const [what, parameters, expected] of cases) {
    it(`${what}, or up to a tenth sooner`, () => {
      expect(nextReading(record(...parameters), NOW) - NOW).to.be.within(Math.max(expected * 0.9, 5 * MINUTE), expected);
    });
  }

  it('after a minute when it could not be used, then two, four, up to an hour, or a little later', () => {
    for (const [failures, expected] of [
      [1, MINUTE],
      [2, 2 * MINUTE],
      [3, 4 * MINUTE],
      [7, HOUR],
      [500, HOUR],
    ] as const) {
      expect(nextTry(record(), failures, NOW) - NOW).to.be.within(expected, expected * 1.1);
    }
  });

  it('at a time of its own for each source, the same for all applications of one', () => {
    const at = (host: string, entityId: string): number =>
      nextReading({ ...record({ entityId }), source: { kind: 'url', location: `https://${host}.example/metadata`, readAt: NOW } }, NOW);
    const hosts = Array.from({ length: 50 }, (_, index) => `app-${String(index)}`);
    expect(new Set(hosts.map((host) => at(host, 'urn:a'))).size).to.be.above(40);
    for (const host of hosts) expect(at(host, 'urn:a')).to.equal(at(host, 'urn:b'));
  });

  it('for the first time when its interval has passed since it was added, and spread out when that is long ago (herd)', () => {
    expect(firstReading(record({}, {}, NOW - HOUR), NOW)).to.equal(nextReading(record(), NOW - HOUR));
    const overdue = Array.from({ length: 100 }, (_, index) => {
      const old = record({}, {}, NOW - 30 * DAY);
      return firstReading({ ...old, source: { ...old.source, location: `https://app-${String(index)}.example/` } }, NOW) - NOW;
    });
    expect(Math.min(...overdue)).to.be.below(2 * MINUTE);
    expect(Math.max(...overdue)).to.be.within(8 * MINUTE, 10 * MINUTE);
  });

  it('not by itself from a file, by hand, or when it is off', () => {
    expect(isRefreshed(record())).to.equal(true);
    expect(isRefreshed(record({}, { mode: 'hold' }))).to.equal(true);
    expect(isRefreshed(record({}, { mode: 'off' }))).to.equal(false);
    expect(isRefreshed(aRecord())).to.equal(false);
  });
});
