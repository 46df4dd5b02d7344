import { expect } from 'chai';
import { checkPassword } from '../../src/admin/password-policy.js';

describe('password policy (U02)', () => {
  const maria = { userName: 'maria.silva', email: 'maria.silva@example.com' };

  for (const password of ['', 'short', 'elevenchars', 'ö'.repeat(11), '🔑'.repeat(6)]) {
    it(`wants 12 characters, and "${password}" has fewer`, () => {
      expect(checkPassword(password, maria)).to.match(/^Use at least 12 characters; this password has \d+\.$/u);
    });
  }

  for (const password of [
    'password1234',
    'Password12345!',
    'P@ssw0rd12345',
    'passwordpassword',
    '2026-Welcome-2026',
    'welcome!!!!!!',
    'qwertyuiop12',
    'qwertzuiop!!',
    '123456789012',
    '1234567890123456',
    '000000000000',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabc',
    'abcdefghijkl',
    'zyxwvutsrqpo',
    'administrator1',
    'iloveyou2026!',
    'letmeinletmein',
    '!!!!!!!!!!!!!',
    'asdfghjklasdf',
    'Summer-2026-!!',
  ]) {
    it(`refuses ${password}, which is among the first to be tried`, () => {
      expect(checkPassword(password, maria)).to.match(/harder to guess/u);
    });
  }

  for (const password of ['maria.silva1', 'MARIA.SILVA-2026', 'maria.silva@example.com', 'maria.silvamaria.silva']) {
    it(`refuses ${password} for maria.silva`, () => {
      expect(checkPassword(password, maria)).to.match(/name or the e-mail address/u);
    });
  }

  for (const password of [
    'correct horse battery staple',
    'vier Wörter ohne Sinn',
    'T9#kq!vLx02m',
    'my dog ate the welcome mat',
    'grün-Teekanne-fährt-Rad',
    'maria.silva likes long walks',
  ]) {
    it(`takes ${password}`, () => {
      expect(checkPassword(password, maria)).to.equal(undefined);
    });
  }

  it('wants at most 512 characters', () => {
    expect(checkPassword('correct horse '.repeat(40), maria)).to.match(/at most 512/u);
  });
});
