/** What the other side is told: facts, and commands that are ready to run there, with our values in place. */
import type { SigningKey } from '../core/model/signing-key.js';
import { START_PATHS } from '../core/model/start-path.js';
import { readCertificate } from '../crypto/certificate.js';
import type { Preset, PresetCommand, PresetValues } from './preset-format.js';
import { applies, createLookup, fill, fillAddress, fillPowerShell, fillShell, type Lookup, roundsOf } from './preset-text.js';

/** Placeholders that we fill. */
export const OWN_NAMES = [
  'issuer',
  'baseUrl',
  'passiveAddress',
  'metadataAddress',
  'ssoAddress',
  'sloAddress',
  'samlMetadataAddress',
  'startAddress',
  'certificate',
  'thumbprint',
  'fingerprint',
  'nextCertificate',
  'nextThumbprint',
  'nextFingerprint',
] as const;

/** Where we are, and which keys sign. */
export interface OwnFacts {
  readonly issuer: string;
  /** The identifier of the application: sign-on that starts here names it. */
  readonly application: string;
  readonly baseUrl: string;
  readonly keys: readonly Pick<SigningKey, 'id' | 'state' | 'certificate' | 'createdAt'>[];
  /** The key the application is set to, when not the active one. */
  readonly pinned?: string;
}

export interface ReadyCommand {
  readonly title: string;
  readonly shell: PresetCommand['shell'];
  readonly text: string;
}

export interface OtherSide {
  readonly asks: readonly string[];
  readonly tell: readonly string[];
  readonly notes: readonly string[];
  readonly test: readonly string[];
  readonly commands: readonly ReadyCommand[];
}

/** What belongs on the other side. What names a value that does not exist, such as the next certificate without a next key, is left out. */
export function otherSideOf(preset: Preset, filled: PresetValues, facts: OwnFacts): OtherSide {
  const own = ownValues(facts, preset.protocol);
  const lookup = createLookup(preset, filled, own);
  const sentences = (lines: Preset['tell']): readonly string[] => lines.filter((line) => applies(line, filled)).flatMap(({ text }) => fill(text, lookup) ?? []);
  return {
    asks: sentences(preset.asks),
    tell: sentences(preset.tell),
    notes: sentences(preset.notes),
    test: sentences(preset.test),
    commands: preset.commands
      .filter((command) => applies(command, filled))
      .flatMap((command) => roundsOf(command.each, filled).flatMap((only) => ready(command, createLookup(preset, filled, own, only), filled))),
  };
}

function ready(command: PresetCommand, lookup: Lookup, filled: PresetValues): readonly ReadyCommand[] {
  const title = fill(command.title, lookup);
  const text = command.shell === 'http' ? httpText(command, lookup) : linesText(command, lookup, filled);
  return title === undefined || text === undefined ? [] : [{ title, shell: command.shell, text }];
}

/** One line without its value would be another command: then there is none. */
function linesText({ shell, lines }: Extract<PresetCommand, { lines: unknown }>, lookup: Lookup, filled: PresetValues): string | undefined {
  const write = shell === 'sh' ? fillShell : fillPowerShell;
  const written = lines.filter((line) => applies(line, filled)).map(({ text }) => write(text, lookup));
  return written.includes(undefined) ? undefined : written.join('\n');
}

function httpText({ request, body }: Extract<PresetCommand, { shell: 'http' }>, lookup: Lookup): string | undefined {
  const address = fillAddress(request, lookup);
  const entries = Object.entries(body).map(([name, text]) => ({ name, value: fill(text, lookup) }));
  if (address === undefined || entries.some(({ name, value }) => value === undefined && !name.endsWith('?'))) return undefined;
  const given = entries.flatMap(({ name, value }) => (value === undefined ? [] : [[name.replace(/\?$/u, ''), value] as const]));
  return `${address}\nContent-Type: application/json\n\n${JSON.stringify(Object.fromEntries(given), null, 2)}`;
}

function ownValues({ issuer, application, baseUrl, keys, pinned }: OwnFacts, protocol: Preset['protocol']): PresetValues {
  const newest = (state: SigningKey['state']): OwnFacts['keys'][number] | undefined =>
    keys.filter((key) => key.state === state).sort((a, b) => b.createdAt - a.createdAt)[0];
  const signing = keys.find((key) => key.id === pinned) ?? newest('active');
  const next = newest('next');
  const other = next === signing ? undefined : next;
  const values: Readonly<Record<(typeof OWN_NAMES)[number], string | undefined>> = {
    issuer,
    baseUrl,
    passiveAddress: `${baseUrl}/wsfed`,
    metadataAddress: `${baseUrl}/FederationMetadata/2007-06/FederationMetadata.xml`,
    ssoAddress: `${baseUrl}/saml/sso`,
    sloAddress: `${baseUrl}/saml/slo`,
    samlMetadataAddress: `${baseUrl}/saml/metadata`,
    startAddress: baseUrl + START_PATHS[protocol](application),
    certificate: signing?.certificate,
    thumbprint: thumbprintOf(signing),
    fingerprint: fingerprintOf(signing),
    nextCertificate: other?.certificate,
    nextThumbprint: thumbprintOf(other),
    nextFingerprint: fingerprintOf(other),
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]]])));
}

/** As Windows shows it: SHA-1, in capitals. */
function thumbprintOf(key: OwnFacts['keys'][number] | undefined): string | undefined {
  return key === undefined ? undefined : readCertificate(key.certificate).sha1Thumbprint.toUpperCase();
}

/** SHA-256, as most forms want it. */
function fingerprintOf(key: OwnFacts['keys'][number] | undefined): string | undefined {
  return key === undefined
    ? undefined
    : readCertificate(key.certificate)
        .sha256Thumbprint.toUpperCase()
        .replaceAll(/(..)(?!$)/gu, '$1:');
}
