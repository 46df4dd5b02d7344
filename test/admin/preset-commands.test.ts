import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { otherSideOf, type OtherSide, type OwnFacts } from '../../src/admin/preset-commands.js';
import type { Preset } from '../../src/admin/preset-format.js';
import { applies, createLookup, expand, fill, fillShell, quotePowerShell } from '../../src/admin/preset-text.js';
import { readPresetValues } from '../../src/admin/preset-values.js';
import { findPreset, loadPresets } from '../../src/admin/presets.js';
import type { Assignment } from '../../src/admin/setting-values.js';
import { packageFolder } from '../../src/app/package.js';
import { asId } from '../../src/core/model/ids.js';
import type { KeyState } from '../../src/core/model/signing-key.js';
import { readCertificate } from '../../src/crypto/certificate.js';
import { NOW } from '../support/builders.js';
import { keyPairOf } from '../support/saml-idp.js';

type Key = OwnFacts['keys'][number];

async function aKey(name: string, state: KeyState, createdAt = NOW): Promise<Key> {
  return { id: asId(name), state, certificate: (await keyPairOf(name, 'P-256')).certificate, createdAt };
}

describe('what the other side is told', () => {
  let presets: readonly Preset[];
  let active: Key;
  let next: Key;
  before(async () => {
    presets = await loadPresets([join(packageFolder(), 'metadata', 'presets')]);
    active = await aKey('active', 'active');
    next = await aKey('next', 'next');
  });

  function told(name: string, values: readonly (readonly [string, string])[], keys: readonly Key[] = [active], more: Partial<OwnFacts> = {}): OtherSide {
    const preset = findPreset(presets, name);
    const assignments: readonly Assignment[] = values.map(([key, value]) => ({ key, value }));
    const facts = { issuer: 'https://sso.contoso.com/saml/metadata', application: 'urn:app', baseUrl: 'https://sso.contoso.com', keys, ...more };
    return otherSideOf(preset, readPresetValues(preset, assignments), facts);
  }

  const textOf = ({ commands }: OtherSide, title: RegExp): string | undefined => commands.find((command) => title.test(command.title))?.text;

  it('is the ready command for a domain of Microsoft 365, and the request instead of it', () => {
    const other = told('microsoft-365', [['domain', 'contoso.com']]);
    expect(textOf(other, /^Federate contoso\.com$/u)).to.equal(
      [
        "Connect-MgGraph -Environment 'Global' -Scopes 'Domain.ReadWrite.All','Directory.AccessAsUser.All'",
        "New-MgDomainFederationConfiguration -DomainId 'contoso.com' `",
        "  -DisplayName 'Signet' `",
        "  -IssuerUri 'https://sso.contoso.com/saml/metadata' `",
        "  -PassiveSignInUri 'https://sso.contoso.com/wsfed' `",
        "  -SignOutUri 'https://sso.contoso.com/wsfed' `",
        '  -PreferredAuthenticationProtocol wsFed `',
        "  -FederatedIdpMfaBehavior 'rejectMfaByFederatedIdp' `",
        `  -SigningCertificate '${active.certificate}'`,
      ].join('\n'),
    );
    const [head = '', body = ''] = textOf(other, /contoso\.com as a request/u)?.split('\n\n') ?? [];
    expect(head).to.equal('POST https://graph.microsoft.com/v1.0/domains/contoso.com/federationConfiguration\nContent-Type: application/json');
    expect(JSON.parse(body)).to.deep.equal({
      '@odata.type': '#microsoft.graph.internalDomainFederation',
      displayName: 'Signet',
      issuerUri: 'https://sso.contoso.com/saml/metadata',
      passiveSignInUri: 'https://sso.contoso.com/wsfed',
      signOutUri: 'https://sso.contoso.com/wsfed',
      preferredAuthenticationProtocol: 'wsFed',
      federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp',
      signingCertificate: active.certificate,
    });
  });

  it('names the issuer of each domain where there are several (WSF-22)', () => {
    const other = told('microsoft-365', [['domain', 'contoso.com'], ['domain', 'fabrikam.com']]); // prettier-ignore
    expect(textOf(other, /^Federate contoso/u)).to.include("-IssuerUri 'http://contoso.com/adfs/services/trust/' `");
    expect(textOf(other, /^Federate fabrikam/u)).to.include("-IssuerUri 'http://fabrikam.com/adfs/services/trust/' `");
    expect(other.tell[0]).to.equal('Issuer (IssuerUri): http://contoso.com/adfs/services/trust/, http://fabrikam.com/adfs/services/trust/');
  });

  it('has the next certificate where there is a next key, and not a word of it otherwise', () => {
    const without = told('microsoft-365', [['domain', 'contoso.com']]);
    expect(JSON.stringify([without.tell, without.commands])).not.to.match(/next/iu);
    const other = told('microsoft-365', [['domain', 'contoso.com']], [active, next]);
    expect(textOf(other, /the next certificate, before/u)).to.equal(
      [
        "$federation = Get-MgDomainFederationConfiguration -DomainId 'contoso.com'",
        "Update-MgDomainFederationConfiguration -DomainId 'contoso.com' -InternalDomainFederationId $federation.Id `",
        `  -NextSigningCertificate '${next.certificate}'`,
      ].join('\n'),
    );
    expect(textOf(other, /^The same for contoso\.com as a request to Microsoft Graph; ID/u)).to.equal(
      `PATCH https://graph.microsoft.com/v1.0/domains/contoso.com/federationConfiguration/ID\nContent-Type: application/json\n\n${JSON.stringify({ nextSigningCertificate: next.certificate }, null, 2)}`,
    );
    expect(other.tell.at(-1)).to.equal(`Next signing certificate (NextSigningCertificate): ${next.certificate}`);
  });

  it('has the certificate of the key the application is set to, else of the active one', async () => {
    const retired = await aKey('retired', 'retired');
    const certificate = (keys: readonly Key[], pinned?: string): string | undefined =>
      told('microsoft-365', [['domain', 'contoso.com']], keys, pinned === undefined ? {} : { pinned }).tell.find((line) => line.startsWith('Signing'));
    expect(certificate([retired, next, active])).to.include(active.certificate);
    expect(certificate([retired, next, active], 'next')).to.include(next.certificate);
  });

  it('has no command without the certificate it needs', () => {
    const other = told('microsoft-365', [['domain', 'contoso.com']], []);
    expect(other.commands.map(({ title }) => title)).to.deep.equal(['See what Entra holds for contoso.com']);
  });

  it('is the commands for SharePoint', () => {
    const other = told('sharepoint-server', [['realm', 'urn:contoso:sp'], ['site', 'https://portal.contoso.com'], ['provider-name', 'Contoso']]); // prettier-ignore
    expect(textOf(other, /^Trust this server/u)).to.equal(
      [
        `$bytes = [Convert]::FromBase64String('${active.certificate}')`,
        '$cert = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList @(,$bytes)',
        "New-SPTrustedRootAuthority -Name 'Contoso' -Certificate $cert",
        '$chain = New-Object System.Security.Cryptography.X509Certificates.X509Chain',
        '$null = $chain.Build($cert)',
        "$chain.ChainElements | Select-Object -Skip 1 | ForEach-Object { New-SPTrustedRootAuthority -Name ('Contoso' + ' ' + $_.Certificate.Thumbprint) -Certificate $_.Certificate }",
        "$identity = New-SPClaimTypeMapping -IncomingClaimType 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress' -IncomingClaimTypeDisplayName 'Identity' -SameAsIncoming",
        "$role = New-SPClaimTypeMapping -IncomingClaimType 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role' -IncomingClaimTypeDisplayName 'Role' -SameAsIncoming",
        "New-SPTrustedIdentityTokenIssuer -Name 'Contoso' -Description 'Contoso' -Realm 'urn:contoso:sp' `",
        '  -ImportTrustCertificate $cert -ClaimsMappings $identity,$role -IdentifierClaim $identity.InputClaimType `',
        "  -SignInUrl 'https://sso.contoso.com/wsfed' -SignOutUrl 'https://sso.contoso.com/wsfed'",
      ].join('\n'),
    );
    const several = told('sharepoint-server', [['realm', 'urn:contoso:sp'], ['site', 'https://a.contoso.com'], ['site', 'https://b.contoso.com']]); // prettier-ignore
    expect(textOf(several, /^Trust this server/u)).to.include('-UseWReply `\n');
    const realms = told('sharepoint-server', [['realm', 'urn:contoso:sp'], ['site', 'https://a.contoso.com'], ['site-realm', 'https://my.contoso.com=urn:contoso:my']]); // prettier-ignore
    expect(textOf(realms, /^Ask for https:\/\/my\.contoso\.com by its own realm$/u)).to.include(
      "ProviderRealms.Add([Uri]'https://my.contoso.com', 'urn:contoso:my')",
    );
    expect(textOf(realms, /^Trust this server/u)).to.include('-UseWReply `\n');
  });

  it('is the commands for Exchange, by thumbprint as Windows shows it', () => {
    const thumbprint = (key: Key): string => readCertificate(key.certificate).sha1Thumbprint.toUpperCase();
    const other = told('outlook-on-the-web', [['host', 'mail.contoso.com']], [active, next]);
    expect(textOf(other, /^Send people here/u)?.split('\n')[0]).to.equal(
      `Set-OrganizationConfig -AdfsIssuer 'https://sso.contoso.com/wsfed' -AdfsAudienceUris 'https://mail.contoso.com/owa/','https://mail.contoso.com/ecp/' -AdfsSignCertificateThumbprints '${thumbprint(active)}'`,
    );
    expect(textOf(other, /^Trust the next certificate/u)).to.include(`-AdfsSignCertificateThumbprints '${thumbprint(active)}','${thumbprint(next)}'`);
  });

  it('is the commands for a domain federated by SAML, and none for the active side', () => {
    const other = told('entra-domain-saml', [['domain', 'contoso.com']], [active, next]);
    const text = textOf(other, /^Federate contoso\.com$/u);
    expect(text)
      .to.include("-PassiveSignInUri 'https://sso.contoso.com/saml/sso' `")
      .and.include("-SignOutUri 'https://sso.contoso.com/saml/slo' `")
      .and.include('-PreferredAuthenticationProtocol saml `')
      .and.not.include('ActiveSignInUri');
    expect(textOf(other, /the next certificate, before/u)).to.include(`-NextSigningCertificate '${next.certificate}'`);
  });

  it('is commands for a shell for AWS, each value one word of them (M08)', () => {
    const other = told('aws', [], [active], { application: 'urn:amazon:webservices' });
    expect(textOf(other, /^Make the identity provider/u)).to.equal(
      [
        'curl -fsSo signet-metadata.xml https://sso.contoso.com/saml/metadata',
        'aws iam create-saml-provider --name Signet --saml-metadata-document file://signet-metadata.xml',
      ].join('\n'),
    );
    expect(other.test.at(-1)).to.include('https://sso.contoso.com/saml/sso/init?sp=urn%3Aamazon%3Awebservices');
    expect(fillShell('a {x}', () => ["b'; calc", 'c d'])).to.equal(String.raw`a 'b'\''; calc' 'c d'`);
  });

  it('is the SHA-256 fingerprint where a form asks for one', () => {
    const { tell } = told('zendesk', [['subdomain', 'contoso']], [active, next]);
    const { sha256Thumbprint } = readCertificate(active.certificate);
    const shown = tell.find((line) => line.startsWith('Certificate fingerprint: '))?.slice('Certificate fingerprint: '.length) ?? '';
    expect(shown).to.match(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/u);
    expect(shown.replaceAll(':', '').toLowerCase()).to.equal(sha256Thumbprint);
  });

  it('is the address of our metadata for Dynamics', () => {
    expect(textOf(told('dynamics-365', []), /./u)).to.include(
      "$claims.FederationMetadataUrl = 'https://sso.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml'",
    );
  });

  it('keeps what somebody typed inside its quotes (M08)', () => {
    const hostile = "a'; Remove-Item C:\\ -Recurse #’$(calc)`{certificate}";
    const other = told('microsoft-365', [['domain', 'contoso.com'], ['display-name', hostile]]); // prettier-ignore
    expect(textOf(other, /^Federate/u)?.split('\n')[2]).to.equal("  -DisplayName 'a''; Remove-Item C:\\ -Recurse #’’$(calc)`{certificate}' `");
    const body = textOf(other, /as a request/u)?.split('\n\n')[1] ?? '';
    expect((JSON.parse(body) as { displayName: string }).displayName).to.equal(hostile);
  });
});

/** What PowerShell's tokenizer makes of a literal in single quotes, and what stands behind it. */
function readLiteral(text: string): { readonly value: string; readonly rest: string } {
  const isQuote = (at: number): boolean => /['\u2018\u2019\u201A\u201B]/u.test(text.charAt(at));
  let value = '';
  for (let at = 1; at < text.length; at += 1) {
    if (isQuote(at)) {
      if (!isQuote(at + 1)) return { value, rest: text.slice(at + 1) };
      at += 1;
    }
    value += text.charAt(at);
  }
  throw new Error('the literal does not end');
}

describe('text of presets', () => {
  const preset = { values: [{ id: 'b', text: '<{a}>' }] } as unknown as Preset;
  const lookup = createLookup(preset, { a: ['1', '2'], none: [] });

  it('takes every combination, each once, and nothing where a value is missing', () => {
    expect(expand('x', lookup)).to.deep.equal(['x']);
    expect(expand('{a}{b}{a}', lookup)).to.deep.equal(['1<1>1', '1<2>1', '2<1>2', '2<2>2']);
    expect(expand('{a}{none}', lookup)).to.deep.equal([]);
    expect([fill('{a}', lookup), fill('{none}', lookup), fill('{} {A B}', lookup)]).to.deep.equal(['1, 2', undefined, '{} {A B}']);
  });

  it('never takes a value for a placeholder', () => {
    const odd = createLookup(preset, { a: ['{b}', '$&'] });
    expect(expand('{a}', odd)).to.deep.equal(['{b}', '$&']);
  });

  it('takes a pair apart at its first equals sign', () => {
    const pairs = createLookup(preset, { role: ['A=b=c', 'D=e'] });
    expect([expand('{role.key}', pairs), expand('{role.value}', pairs)]).to.deep.equal([['A', 'D'], ['b=c', 'e']]); // prettier-ignore
  });

  it('stands under its conditions: any of when, none of unless', () => {
    const filled = { a: ['1', '2'], b: ['x'] };
    expect(applies({}, filled)).to.equal(true);
    expect(applies({ when: [{ field: 'a', several: true }] }, filled)).to.equal(true);
    expect(applies({ when: [{ field: 'b', several: true }] }, filled)).to.equal(false);
    expect(applies({ when: [{ field: 'b', several: true }, { field: 'b', is: 'x' }] }, filled)).to.equal(true); // prettier-ignore
    expect(applies({ unless: [{ field: 'b', is: 'x' }] }, filled)).to.equal(false);
    expect(applies({ when: [] }, filled)).to.equal(false);
    expect(applies({ when: [{ field: 'b' }] }, filled)).to.equal(true);
    expect(applies({ when: [{ field: 'c' }] }, filled)).to.equal(false);
  });

  it('is one literal of PowerShell, whatever it holds (M08)', () => {
    const value = fc.string({
      unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom("'", '"', '\u2018', '\u2019', '\u201A', '\u201B', '`', '$', ';')),
    });
    fc.assert(
      fc.property(value, (text) => {
        expect(readLiteral(quotePowerShell(text))).to.deep.equal({ value: text, rest: '' });
      }),
    );
  });
});
