import { expect } from 'chai';
import fc from 'fast-check';
import { describeInstant, inWindow, isTimeZone, WEEKDAYS } from '../../../../src/core/claims/conditions/time-windows.js';
import type { TimeWindow } from '../../../../src/core/model/condition.js';

const at = (text: string): number => Date.parse(text);
const OFFICE: TimeWindow = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00', zone: 'Europe/Berlin' };
const NIGHT: TimeWindow = { days: ['fri'], from: '22:00', to: '06:00', zone: 'Europe/Berlin' };

describe('time windows', () => {
  const rows: readonly (readonly [string, TimeWindow, string, boolean])[] = [
    ['from the first minute', OFFICE, '2026-11-24T07:00:00Z', true],
    ['not before', OFFICE, '2026-11-24T06:59:59Z', false],
    ['to the last second', OFFICE, '2026-11-24T16:59:59Z', true],
    ['not at the end', OFFICE, '2026-11-24T17:00:00Z', false],
    ['not on Saturday', OFFICE, '2026-11-28T09:00:00Z', false],
    ['in summer an hour earlier', OFFICE, '2026-07-07T06:00:00Z', true],
    ['in summer not as in winter', OFFICE, '2026-07-07T16:00:00Z', false],
    ['on the day the clock goes forward', { from: '03:00', to: '04:00', zone: 'Europe/Berlin' }, '2026-03-29T01:00:00Z', true],
    ['in both of the hours that come twice, the first', { from: '02:00', to: '03:00', zone: 'Europe/Berlin' }, '2026-10-25T00:30:00Z', true],
    ['in both of the hours that come twice, the second', { from: '02:00', to: '03:00', zone: 'Europe/Berlin' }, '2026-10-25T01:30:00Z', true],
    ['over midnight, before it', NIGHT, '2026-11-27T22:00:00Z', true],
    ['over midnight, after it, though that is another day', NIGHT, '2026-11-28T04:59:00Z', true],
    ['over midnight, not after its end', NIGHT, '2026-11-28T05:00:00Z', false],
    ['over midnight, not in the morning of its own day', NIGHT, '2026-11-27T04:00:00Z', false],
    ['over midnight, not on the next evening', NIGHT, '2026-11-28T22:00:00Z', false],
    ['to the end of the day', { from: '20:00', to: '00:00' }, '2026-11-24T23:59:59Z', true],
    ['from Sunday to Monday', { days: ['sun'], from: '23:00', to: '01:00' }, '2026-11-30T00:30:00Z', true],
    ['all day', { days: ['tue'] }, '2026-11-24T00:00:00Z', true],
    ['all day, and not the next', { days: ['tue'] }, '2026-11-25T00:00:00Z', false],
    ['always', {}, '2026-11-25T00:00:00Z', true],
    ['in UTC unless said otherwise', { from: '08:00', to: '09:00' }, '2026-07-07T08:30:00Z', true],
    ['where the day is another one already', { days: ['wed'], zone: 'Pacific/Auckland' }, '2026-11-24T12:00:00Z', true],
  ];
  for (const [title, window, instant, expected] of rows) {
    it(`are open or closed ${title}`, () => {
      expect(inWindow(window, at(instant))).to.equal(expected);
    });
  }

  it('agree with a walk through the week, minute by minute', () => {
    const MINUTES = 24 * 60;
    const clock = fc.integer({ min: 0, max: MINUTES - 1 });
    const text = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia');
    const instants = fc.oneof(
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.getTime()),
      // Around the changes of the clock in Europe and America.
      fc.tuple(fc.constantFrom('2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-03-08T07:00Z', '2026-11-01T06:00Z'), fc.integer({ min: -300, max: 300 })).map(([change, minutes]) => at(change) + minutes * 60_000), // prettier-ignore
    );
    fc.assert(
      fc.property(fc.subarray([...WEEKDAYS], { minLength: 1 }), clock, clock, zones, instants, (days, from, to, zone, instant) => {
        fc.pre(from !== to);
        const open = new Set<number>();
        for (const day of days) {
          for (let minute = WEEKDAYS.indexOf(day) * MINUTES + from; minute % MINUTES !== to; minute += 1) open.add(minute % (7 * MINUTES));
        }
        const [weekday = '', hour, minute] = new Date(instant)
          .toLocaleString('en-US', { timeZone: zone, weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
          .split(/[ ,:]+/u);
        const there = WEEKDAYS.findIndex((day) => day === weekday.toLowerCase()) * MINUTES + Number(hour) * 60 + Number(minute);
        expect(inWindow({ days, from: text(from), to: text(to), zone }, instant)).to.equal(open.has(there));
      }),
      { numRuns: 300 },
    );
  });

  it('know time zones by name', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires']) expect(isTimeZone(zone), zone).to.equal(true);
    for (const zone of ['', 'Berlin', 'Europe/Berlim', 'CEST!', '../etc']) expect(isTimeZone(zone), zone).to.equal(false);
  });

  it('say what time it is there', () => {
    expect(describeInstant(at('2026-11-24T18:05:00Z'), 'Europe/Berlin')).to.equal('tue 19:05 Europe/Berlin');
    expect(describeInstant(at('2026-11-24T00:05:00Z'))).to.equal('tue 00:05 UTC');
  });
});
