/** What the other side is told: facts, and commands that are ready to run there, with our values in place. */
import type { SigningKey } from '../core/model/signing-key.js';
import { readCertificate } from '../crypto/certificate.js';
import type { Preset, PresetCommand, PresetValues } from './preset-format.js';
import { applies, createLookup, fill, fillAddress, fillPowerShell, type Lookup } from './preset-text.js';

/** Placeholders that we fill. */
export const OWN_NAMES = ['issuer', 'baseUrl', 'passiveAddress', 'metadataAddress', 'certificate', 'thumbprint', 'nextCertificate', 'nextThumbprint'] as const;

/** Where we are, and which keys sign. */
export interface OwnFacts {
  readonly issuer: string;
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
  readonly commands: readonly ReadyCommand[];
}

/** What belongs on the other side. What names a value that does not exist, such as the next certificate without a next key, is left out. */
export function otherSideOf(preset: Preset, filled: PresetValues, facts: OwnFacts): OtherSide {
  const own = ownValues(facts);
  const lookup = createLookup(preset, filled, own);
  const sentences = (lines: Preset['tell']): readonly string[] => lines.filter((line) => applies(line, filled)).flatMap(({ text }) => fill(text, lookup) ?? []);
  return {
    asks: sentences(preset.asks),
    tell: sentences(preset.tell),
    notes: sentences(preset.notes),
    commands: preset.commands
      .filter((command) => applies(command, filled))
      .flatMap((command) => {
        const { each } = command;
        const turns = each === undefined ? [{}] : (filled[each] ?? []).map((value) => ({ [each]: [value] }));
        return turns.flatMap((only) => ready(command, createLookup(preset, filled, own, only), filled));
      }),
  };
}

function ready(command: PresetCommand, lookup: Lookup, filled: PresetValues): readonly ReadyCommand[] {
  const title = fill(command.title, lookup);
  const text = command.shell === 'http' ? httpText(command, lookup) : powerShellText(command, lookup, filled);
  return title === undefined || text === undefined ? [] : [{ title, shell: command.shell, text }];
}

/** One line without its value would be another command: then there is none. */
function powerShellText({ lines }: Extract<PresetCommand, { shell: 'powershell' }>, lookup: Lookup, filled: PresetValues): string | undefined {
  const written = lines.filter((line) => applies(line, filled)).map(({ text }) => fillPowerShell(text, lookup));
  return written.includes(undefined) ? undefined : written.join('\n');
}

function httpText({ request, body }: Extract<PresetCommand, { shell: 'http' }>, lookup: Lookup): string | undefined {
  const address = fillAddress(request, lookup);
  const entries = Object.entries(body).map(([name, text]) => ({ name, value: fill(text, lookup) }));
  if (address === undefined || entries.some(({ name, value }) => value === undefined && !name.endsWith('?'))) return undefined;
  const given = entries.flatMap(({ name, value }) => (value === undefined ? [] : [[name.replace(/\?$/u, ''), value] as const]));
  return `${address}\nContent-Type: application/json\n\n${JSON.stringify(Object.fromEntries(given), null, 2)}`;
}

function ownValues({ issuer, baseUrl, keys, pinned }: OwnFacts): PresetValues {
  const newest = (state: SigningKey['state']): OwnFacts['keys'][number] | undefined =>
    keys.filter((key) => key.state === state).sort((a, b) => b.createdAt - a.createdAt)[0];
  const signing = keys.find((key) => key.id === pinned) ?? newest('active');
  const next = newest('next');
  const values: Readonly<Record<(typeof OWN_NAMES)[number], string | undefined>> = {
    issuer,
    baseUrl,
    passiveAddress: `${baseUrl}/wsfed`,
    metadataAddress: `${baseUrl}/FederationMetadata/2007-06/FederationMetadata.xml`,
    certificate: signing?.certificate,
    thumbprint: thumbprintOf(signing),
    nextCertificate: next === signing ? undefined : next?.certificate,
    nextThumbprint: next === signing ? undefined : thumbprintOf(next),
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]]])));
}

/** As Windows shows it: SHA-1, in capitals. */
function thumbprintOf(key: OwnFacts['keys'][number] | undefined): string | undefined {
  return key === undefined ? undefined : readCertificate(key.certificate).sha1Thumbprint.toUpperCase();
}
