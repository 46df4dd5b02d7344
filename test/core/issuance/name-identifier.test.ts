import { expect } from 'chai';
import type { IssuanceRequest } from '../../../src/core/issuance/issuance-request.js';
import { chooseName, NAME_ID } from '../../../src/core/issuance/name-identifier.js';
import type { PersistentNames } from '../../../src/core/ports.js';
import { anIssuanceRequest, aPerson, aRelyingParty, aSubject, checkThrownBy } from '../../support/builders.js';

function memoryNames(): PersistentNames {
  const kept = new Map<string, string>();
  return {
    find: (userId, qualifier) => Promise.resolve(kept.get(`${userId} ${qualifier}`)),
    findOrCreate: (userId, qualifier, candidate) => {
      const key = `${userId} ${qualifier}`;
      if (!kept.has(key)) kept.set(key, candidate);
      return Promise.resolve(kept.get(key) ?? candidate);
    },
  };
}

let made = 0;
const parts = {
  entityId: 'https://idp.example',
  pairwiseId: () => Promise.resolve('pairwise-1'),
  persistentNames: memoryNames(),
  makeId: () => `_${String(++made).padStart(40, '0')}`,
};

const policy = (format: string | undefined, more: { allowCreate?: boolean; spNameQualifier?: string } = {}): Pick<IssuanceRequest, 'nameIdPolicy'> => ({
  nameIdPolicy: { allowCreate: false, ...(format === undefined ? {} : { format }), ...more },
});

async function checkOf(request: IssuanceRequest): Promise<string | undefined> {
  return checkThrownBy(() => chooseName({ ...parts, persistentNames: memoryNames() }, request));
}

describe('name identifier', () => {
  it('is the user name, unspecified, when nobody says otherwise', async () => {
    expect(await chooseName(parts, anIssuanceRequest())).to.deep.equal({ value: 'maria', format: NAME_ID.unspecified });
  });

  it('has the format the request asks for (CORE-18)', async () => {
    for (const format of [NAME_ID.email, NAME_ID.transient]) {
      expect((await chooseName(parts, anIssuanceRequest(policy(format)))).format).to.equal(format);
    }
  });

  it('refuses a format it does not know (CORE-18)', async () => {
    expect(await checkOf(anIssuanceRequest(policy('urn:example:none')))).to.equal('request.nameid-format');
    expect(await checkOf(anIssuanceRequest(policy('urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified')))).to.equal('request.nameid-format');
  });

  it('treats unspecified in the request as no wish (CORE-18)', async () => {
    const relyingParty = aRelyingParty({ nameIdFormats: [NAME_ID.email] });
    expect((await chooseName(parts, anIssuanceRequest({ relyingParty, ...policy(NAME_ID.unspecified) }))).format).to.equal(NAME_ID.email);
  });

  it('takes the request before the setting, the setting before the metadata', async () => {
    const relyingParty = aRelyingParty({ nameIdFormats: [NAME_ID.transient], nameIdFormat: NAME_ID.email });
    expect((await chooseName(parts, anIssuanceRequest({ relyingParty }))).format).to.equal(NAME_ID.email);
    expect((await chooseName(parts, anIssuanceRequest({ relyingParty, ...policy(NAME_ID.transient) }))).format).to.equal(NAME_ID.transient);
  });

  it('goes on to the next format of the metadata when a value is missing', async () => {
    const relyingParty = aRelyingParty({ nameIdFormats: [NAME_ID.windows, NAME_ID.email] });
    expect((await chooseName(parts, anIssuanceRequest({ relyingParty }))).value).to.equal('maria@example.com');
  });

  it("refuses a foreign SPNameQualifier and takes the application's own (CORE-19, I09)", async () => {
    expect(await checkOf(anIssuanceRequest(policy(NAME_ID.transient, { spNameQualifier: 'https://other.example' })))).to.equal('request.nameid-qualifier');
    const own = policy(NAME_ID.transient, { spNameQualifier: aRelyingParty().entityId });
    expect((await chooseName(parts, anIssuanceRequest(own))).spNameQualifier).to.equal(aRelyingParty().entityId);
  });

  it('makes a persistent name only when allowed, and keeps it (CORE-20)', async () => {
    const names = { ...parts, persistentNames: memoryNames() };
    expect(await checkThrownBy(() => chooseName(names, anIssuanceRequest(policy(NAME_ID.persistent))))).to.equal('request.nameid-create');
    const first = await chooseName(names, anIssuanceRequest(policy(NAME_ID.persistent, { allowCreate: true })));
    const second = await chooseName(names, anIssuanceRequest(policy(NAME_ID.persistent)));
    expect(second).to.deep.equal(first);
  });

  it('gives pairwise persistent names with both qualifiers (CORE-22)', async () => {
    const names = { ...parts, persistentNames: memoryNames() };
    const one = await chooseName(names, anIssuanceRequest(policy(NAME_ID.persistent, { allowCreate: true })));
    const relyingParty = aRelyingParty({ entityId: 'https://other.example' });
    const other = await chooseName(names, anIssuanceRequest({ relyingParty, ...policy(NAME_ID.persistent, { allowCreate: true }) }));
    expect(one.value).to.not.equal(other.value);
    expect(one).to.include({ nameQualifier: 'https://idp.example', spNameQualifier: 'https://app.example/metadata' });
  });

  it('gives a fresh transient name each time, whatever AllowCreate says (CORE-20, CORE-23)', async () => {
    const one = await chooseName(parts, anIssuanceRequest(policy(NAME_ID.transient)));
    const two = await chooseName(parts, anIssuanceRequest(policy(NAME_ID.transient)));
    expect(one.value).to.not.equal(two.value);
    expect(one.value).to.match(/^_[0-9a-f]{40}$/u);
  });

  const formats: readonly (readonly [string, string, string, string])[] = [
    [NAME_ID.windows, 'windowsAccountName', 'EXAMPLE\\maria', 'maria'],
    [NAME_ID.kerberos, 'kerberosPrincipal', 'maria@EXAMPLE.COM', 'maria'],
    [NAME_ID.x509Subject, 'x509SubjectName', 'CN=Maria,O=Example', 'Maria'],
  ];
  for (const [format, attribute, legal, illegal] of formats) {
    it(`gives ${format} from the attribute ${attribute}, in its legal form only (CORE-24)`, async () => {
      const withValue = (value: string): IssuanceRequest =>
        anIssuanceRequest({ subject: aSubject({ person: aPerson({ [attribute]: [value] }) }), ...policy(format) });
      expect(await chooseName(parts, withValue(legal))).to.deep.equal({ value: legal, format });
      expect(await checkOf(withValue(illegal))).to.equal('user.nameid');
    });
  }

  it('issues only for the subject the request names (CORE-17, I09)', async () => {
    expect(await checkOf(anIssuanceRequest({ requestedSubject: { value: 'tom' } }))).to.equal('request.subject');
    expect((await chooseName(parts, anIssuanceRequest({ requestedSubject: { value: 'maria' } }))).value).to.equal('maria');
    expect((await chooseName(parts, anIssuanceRequest({ requestedSubject: { value: 'maria@example.com', format: NAME_ID.email } }))).value).to.equal('maria');
    expect(await checkOf(anIssuanceRequest({ requestedSubject: { value: 'maria', format: NAME_ID.email } }))).to.equal('request.subject');
  });

  describe('that a mapping gives', () => {
    const mapped = (request: IssuanceRequest, name: { value: string; format?: string }): ReturnType<typeof chooseName> =>
      chooseName({ ...parts, persistentNames: memoryNames() }, request, name);

    it('is taken whatever formats the metadata lists', async () => {
      const relyingParty = aRelyingParty({ nameIdFormats: [NAME_ID.transient] });
      expect(await mapped(anIssuanceRequest({ relyingParty }), { value: 'AAAA==' })).to.deep.equal({ value: 'AAAA==', format: NAME_ID.unspecified });
    });

    it('has the format that the administrator set, else one that the metadata lists, else its own (CORE-18)', async () => {
      const name = { value: 'm@corp.example' };
      const rows: readonly (readonly [string | undefined, readonly string[], string | undefined, string])[] = [
        [NAME_ID.email, [], undefined, NAME_ID.email],
        [NAME_ID.email, [NAME_ID.persistent], NAME_ID.persistent, NAME_ID.email],
        [undefined, [NAME_ID.email], undefined, NAME_ID.email],
        [undefined, [NAME_ID.windows, NAME_ID.email], undefined, NAME_ID.email],
        [undefined, [NAME_ID.email], NAME_ID.persistent, NAME_ID.email],
        [undefined, [NAME_ID.email, NAME_ID.persistent], NAME_ID.persistent, NAME_ID.persistent],
        [undefined, [NAME_ID.unspecified, NAME_ID.email], NAME_ID.persistent, NAME_ID.persistent],
        [undefined, [NAME_ID.windows], NAME_ID.persistent, NAME_ID.persistent],
        [undefined, [], NAME_ID.persistent, NAME_ID.persistent],
        [undefined, [], undefined, NAME_ID.unspecified],
      ];
      for (const [nameIdFormat, nameIdFormats, format, expected] of rows) {
        const relyingParty = aRelyingParty({ nameIdFormat, nameIdFormats });
        const given = { ...name, ...(format === undefined ? {} : { format }) };
        expect((await mapped(anIssuanceRequest({ relyingParty }), given)).format, JSON.stringify([nameIdFormat, nameIdFormats, format])).to.equal(expected);
      }
    });

    it('keeps the qualifiers that a rule gives it (CORE-22)', async () => {
      const name = { value: 'AAAA==', format: NAME_ID.persistent, nameQualifier: 'urn:us', spNameQualifier: 'urn:them' };
      expect(await mapped(anIssuanceRequest(), name)).to.deep.equal(name);
    });

    it('never passes for transient', async () => {
      const relyingParty = aRelyingParty({ nameIdFormat: NAME_ID.transient });
      expect((await mapped(anIssuanceRequest({ relyingParty }), { value: 'maria' })).format).to.equal(NAME_ID.unspecified);
    });

    it('answers a request for its format, or for any (CORE-18)', async () => {
      const name = { value: 'm@corp.example', format: NAME_ID.email };
      for (const asked of [NAME_ID.email, NAME_ID.unspecified, NAME_ID.encrypted, undefined]) {
        expect(await mapped(anIssuanceRequest(policy(asked)), name)).to.deep.equal(name);
      }
    });

    it('refuses a request for another format, rather than naming the person otherwise (CORE-18)', async () => {
      const name = { value: 'm@corp.example', format: NAME_ID.email };
      for (const asked of [NAME_ID.persistent, NAME_ID.transient, NAME_ID.windows, 'urn:example:none']) {
        expect(await checkThrownBy(() => mapped(anIssuanceRequest(policy(asked, { allowCreate: true })), name)), asked).to.equal('request.nameid-format');
      }
    });

    it('takes the format that is asked for where the mapping has none, and the value is legal in it (CORE-18)', async () => {
      const asked = (format: string, value: string): ReturnType<typeof mapped> => mapped(anIssuanceRequest(policy(format)), { value });
      expect(await asked(NAME_ID.email, 'm@corp.example')).to.deep.equal({ value: 'm@corp.example', format: NAME_ID.email });
      expect(await asked(NAME_ID.persistent, 'B-4711')).to.deep.equal({ value: 'B-4711', format: NAME_ID.persistent });
      expect(await checkThrownBy(() => asked(NAME_ID.email, 'B-4711'))).to.equal('user.nameid');
      expect(await checkThrownBy(() => asked(NAME_ID.transient, 'B-4711'))).to.equal('request.nameid-format');
    });

    it('is refused where it is too long or not legal in its format (CORE-24)', async () => {
      expect(await checkThrownBy(() => mapped(anIssuanceRequest(), { value: 'x'.repeat(257), format: NAME_ID.persistent }))).to.equal('user.nameid');
      expect(await checkThrownBy(() => mapped(anIssuanceRequest(), { value: 'maria', format: NAME_ID.windows }))).to.equal('user.nameid');
    });

    it('must be the subject that the request names (CORE-17)', async () => {
      const request = anIssuanceRequest({ requestedSubject: { value: 'AAAA==' } });
      expect((await mapped(request, { value: 'AAAA==' })).value).to.equal('AAAA==');
      expect(await checkThrownBy(() => mapped(request, { value: 'BBBB==' }))).to.equal('request.subject');
    });
  });
});
