import { join } from 'node:path';
import { expect } from 'chai';
import { handMadeOf } from '../../src/admin/preset-build.js';
import { examplesOf } from '../../src/admin/preset-check.js';
import type { Preset } from '../../src/admin/preset-format.js';
import { presetFor } from '../../src/admin/preset-match.js';
import { loadPresets } from '../../src/admin/presets.js';
import { packageFolder } from '../../src/app/package.js';

describe('the preset of an application', () => {
  let presets: readonly Preset[];
  before(async () => {
    presets = await loadPresets([join(packageFolder(), 'metadata', 'presets')]);
  });

  const rows: readonly (readonly [identifier: string, preset: string | undefined, protocol?: Preset['protocol']])[] = [
    ['urn:amazon:webservices', 'aws'],
    ['urn:amazon:webservices:govcloud', 'aws'],
    ['https://eu-central-1.signin.aws.amazon.com/platform/saml/d-1234567890', 'aws-identity-center'],
    ['https://saml.salesforce.com', 'salesforce'],
    ['https://contoso.my.salesforce.com', 'salesforce'],
    ['https://google.com/a/contoso.com', 'google-workspace'],
    ['google.com/a/contoso.com', 'google-workspace'],
    ['google.com', 'google-workspace'],
    ['https://accounts.google.com/samlrp/01a2b3c4', 'google-workspace-profile'],
    ['https://slack.com', 'slack'],
    ['https://contoso.slack.com', 'slack'],
    ['https://contoso.service-now.com', 'servicenow'],
    ['urn:federation:MicrosoftOnline', 'microsoft-365', 'wsfed'],
    ['urn:federation:MicrosoftOnline', 'entra-domain-saml', 'saml'],
    ['https://login.microsoftonline.com/01234567-89ab-cdef-0123-456789abcdef/', 'entra-guests-saml', 'saml'],
    ['https://mail.contoso.com/owa/', 'outlook-on-the-web'],
    ['https://contoso.zoom.us', 'zoom'],
    ['http://www.workday.com', 'workday'],
    ['https://github.com/orgs/contoso', 'github-enterprise'],
    ['Dropbox', 'dropbox'],
    ['https://www.okta.com/saml2/service-provider/spabcdef', undefined],
    ['https://sf.example/', undefined],
    ['urn:contoso:sharepoint', undefined],
    ['https://slack.com.evil.example', undefined],
    ['https://evil.example/https://slack.com', undefined],
  ];
  for (const [identifier, name, protocol] of rows) {
    it(`of ${identifier}${protocol === undefined ? '' : ` (${protocol})`} is ${name ?? 'not known'}`, () => {
      expect(presetFor(presets, identifier, protocol)?.name).to.equal(name);
    });
  }

  it('is its own, for what its examples make', () => {
    for (const preset of presets.filter(({ metadata }) => metadata !== 'required')) {
      const { entityId, identifiers = [] } = handMadeOf(preset, examplesOf(preset.fields));
      for (const identifier of [entityId, ...identifiers]) {
        expect([preset.name, undefined], identifier).to.include(presetFor(presets, identifier, preset.protocol)?.name);
      }
    }
  });
});
