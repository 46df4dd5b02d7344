import { expect } from 'chai';
import fc from 'fast-check';
import { createDevices, DEVICE_LIFETIME_SECONDS } from '../../src/authn/device.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { aUser, fakeClock } from '../support/builders.js';
import { anyCharacter } from '../support/any-character.js';

const clock = fakeClock();
const box = createSecretBox('a secret key of the test');
const devices = createDevices({ box, clock });

describe('familiar devices (U03)', () => {
  it('know their person by user name and by e-mail, in any case', () => {
    const token = devices.tokenFor(aUser());
    for (const name of ['maria', ' MARIA', 'Maria@Example.COM']) expect(devices.isFamiliar(token, name), name).to.equal(true);
  });

  it('know nobody else', () => {
    const token = devices.tokenFor(aUser());
    for (const name of ['mari', 'paulo', '', 'maria@example.org']) expect(devices.isFamiliar(token, name), name).to.equal(false);
  });

  it('are strangers without a mark, with a foreign one, and with one made for another purpose', () => {
    const elsewhere = createDevices({ box: createSecretBox('another secret key'), clock });
    const otherPurpose = box.seal(box.open(devices.tokenFor(aUser()), 'familiar-device'), 'something else');
    for (const token of [undefined, '', 'v1', elsewhere.tokenFor(aUser()), otherPurpose]) expect(devices.isFamiliar(token, 'maria')).to.equal(false);
  });

  it('are forgotten after their time', () => {
    const moving = fakeClock();
    const here = createDevices({ box, clock: moving });
    const token = here.tokenFor(aUser());
    moving.advance(DEVICE_LIFETIME_SECONDS * 1000);
    expect(here.isFamiliar(token, 'maria')).to.equal(true);
    moving.advance(1);
    expect(here.isFamiliar(token, 'maria')).to.equal(false);
  });

  it('take no mark with a changed character', () => {
    const token = devices.tokenFor(aUser());
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '7', '-', '.', ' '), (at, letter) => {
        // The last character of base64url carries bits that decode to nothing.
        fc.pre(token.charAt(at) !== letter && at < token.length - 1);
        return !devices.isFamiliar(token.slice(0, at) + letter + token.slice(at + 1), 'maria');
      }),
    );
  });

  it('read any text without an error', () => {
    fc.assert(fc.property(fc.string({ maxLength: 600, unit: anyCharacter }), (text) => !devices.isFamiliar(text, 'maria')));
  });

  it('fit into a cookie, whatever the names are', () => {
    const long = aUser({ userName: 'm'.repeat(256), email: `${'m'.repeat(250)}@example.com` });
    const token = devices.tokenFor(long);
    expect(token).to.match(/^[\w.-]{1,300}$/u);
    expect(devices.isFamiliar(token, long.userName)).to.equal(true);
  });

  it('tell no name to whoever reads the cookie', () => {
    expect(devices.tokenFor(aUser())).not.to.equal(devices.tokenFor(aUser()));
  });
});
