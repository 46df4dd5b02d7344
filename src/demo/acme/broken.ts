/** Break something: each entry really sends a broken message, and says what Signet should make of it. */
import { SAML, type SamlConfig } from '@node-saml/node-saml';
import type { CheckId } from '../../core/checks/catalogue.js';
import type { BreakButton } from '../shared/sections.js';

export interface Breakage extends BreakButton {
  /** The check that the trace names. */
  readonly check: CheckId;
  readonly url: (config: SamlConfig, relayState: string) => Promise<string>;
}

const HOUR_MS = 3_600_000;

const changed =
  (change: (config: SamlConfig) => Partial<SamlConfig>): Breakage['url'] =>
  (config, relayState) =>
    new SAML({ ...config, ...change(config) }).getAuthorizeUrlAsync(relayState, undefined, {});

/** A service provider whose requests are an hour old before they leave. */
class LateSaml extends SAML {
  protected override async generateAuthorizeRequestAsync(this: SAML, isPassive: boolean, isHttpPostBinding: boolean): Promise<string> {
    const xml = await super.generateAuthorizeRequestAsync(isPassive, isHttpPostBinding);
    return xml.replace(/IssueInstant="([^"]*)"/u, (_, instant: string) => `IssueInstant="${new Date(Date.parse(instant) - HOUR_MS).toISOString()}"`);
  }
}

export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'reply-address',
    button: 'Wrong reply address',
    sent: 'The request asked for the answer at an address that is not registered for Acme.',
    ends: 'at Signet',
    check: 'request.acs-known',
    url: changed((config) => ({ callbackUrl: new URL('/somewhere/else', config.callbackUrl).href })),
  },
  {
    name: 'unsigned',
    button: 'Unsigned request',
    sent: 'The request carried no signature, though Acme is registered to sign.',
    ends: 'at Signet',
    check: 'request.signature-present',
    url: (config: SamlConfig, relayState: string): Promise<string> => {
      const { privateKey: _key, ...unsigned } = config;
      return new SAML(unsigned).getAuthorizeUrlAsync(relayState, undefined, {});
    },
  },
  {
    name: 'expired',
    button: 'Old request',
    sent: 'The request was issued an hour ago; its signature is good.',
    ends: 'at the application',
    check: 'request.age',
    url: (config: SamlConfig, relayState: string): Promise<string> => new LateSaml(config).getAuthorizeUrlAsync(relayState, undefined, {}),
  },
  {
    name: 'identifier',
    button: 'Unknown identifier',
    sent: 'The request came from an entity ID that nobody registered.',
    ends: 'at Signet',
    check: 'request.issuer-known',
    url: changed(() => ({ issuer: 'https://nobody.example/saml' })),
  },
  {
    name: 'name-identifier',
    button: 'Impossible name identifier',
    sent: 'The request wanted a name identifier in the format of systems (entity), which no person has.',
    ends: 'at the application',
    check: 'request.nameid-format',
    url: changed(() => ({ identifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity' })),
  },
  {
    name: 'stronger',
    button: 'Stronger sign-in',
    sent: 'The request demanded a smart card (authentication context SmartcardPKI), which nobody here has.',
    ends: 'at the application',
    check: 'request.authn-context',
    url: changed(() => ({ disableRequestedAuthnContext: false, authnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'] })),
  },
  {
    name: 'passive',
    button: 'Passive sign-in',
    // IsPassive alone succeeds for whoever is signed in; together with ForceAuthn it never can.
    sent: 'The request demanded a fresh sign-in without showing any page (ForceAuthn and IsPassive).',
    ends: 'at the application',
    check: 'request.passive',
    url: changed(() => ({ passive: true, forceAuthn: true })),
  },
];

export function findBreakage(name: string | undefined): Breakage | undefined {
  return BREAKAGES.find((breakage) => breakage.name === name);
}
