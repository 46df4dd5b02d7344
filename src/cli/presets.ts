/** `signet rp preset`, `signet rp add --preset` and `signet rp commands`: applications by what is known of their kind. */
import type { Command } from 'commander';
import { handMadeOf, overridesOf } from '../admin/preset-build.js';
import { otherSideOf, type OtherSide } from '../admin/preset-commands.js';
import { choosePreset } from '../admin/preset-collection.js';
import { asAssignments, describedBy, fillAgain, presetOf } from '../admin/preset-filling.js';
import type { Preset } from '../admin/preset-format.js';
import { readPresetValues } from '../admin/preset-values.js';
import { findApplication, nameOf } from '../admin/relying-party-names.js';
import type { Added } from '../admin/relying-party-registration.js';
import type { SourceOptions } from '../admin/metadata-source.js';
import { protocolsOf, type RelyingPartyRecord } from '../core/model/relying-party.js';
import { shellWord } from '../core/shell-word.js';
import { readAssignments } from './assignments.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { hintFindings } from './findings.js';
import { type Output, WrongUse } from './output.js';
import { presetsOf, registerLibrary } from './preset-library.js';
import { describeOtherSide } from './preset-view.js';
import { openAdmin, readCertificates, readSource, sourceOptions } from './relying-party-admin.js';
import { title, toView } from './relying-party-view.js';

/** What `rp add` is given beside the name of a preset. */
export interface PresetOptions extends SourceOptions, DryRun {
  readonly preset: string;
  readonly value?: readonly string[];
  readonly name?: string;
  readonly entityId?: string;
  readonly certificate?: readonly string[];
}

/** Adds `preset` and `commands` below `signet rp`. */
export function registerPresets(command: Command, cli: Cli): void {
  const preset = command
    .command('preset')
    .summary('kinds of applications that are known: list, show, check')
    .description('Kinds of applications that are known.');
  withExamples(preset, 'rp preset list', 'rp preset show microsoft-365');

  registerLibrary(preset, cli);

  const again = preset.command('fill').summary('fill in other values for an application that was added with a preset');
  withExamples(
    again,
    'rp preset fill urn:federation:MicrosoftOnline domain=contoso.com domain=fabrikam.com',
    'rp preset fill SharePoint site=https://portal.contoso.com --dry-run',
  )
    .argument('<application>', 'identifier or name')
    .argument('<assignment...>', 'FIELD=VALUE; fields that are not named keep theirs, an empty value is the default again')
    .option(...DRY_RUN)
    .action((application: string, texts: readonly string[], options: DryRun) => cli.run((session) => fillPreset(session, application, texts, options)));

  const commands = command.command('commands').summary('show what the other side is told, and the commands to run there');
  withExamples(commands, 'rp commands urn:federation:MicrosoftOnline', 'rp commands SharePoint --json')
    .argument('<application>', 'identifier or name')
    .action((application: string) => cli.run((session) => showCommands(session, application)));
}

/** `rp add --preset`. @param source file or address of its metadata, for presets that want it */
export async function addWithPreset(session: Session, source: string | undefined, enabled: boolean, options: PresetOptions): Promise<undefined> {
  const preset = choosePreset(await presetsOf(session), options.preset);
  if (source !== undefined && preset.metadata === 'none')
    throw new WrongUse(`The preset ${preset.name} takes no metadata; leave out "${source.slice(0, 100)}".`);
  if (source === undefined && preset.metadata === 'required') {
    throw new WrongUse(`The preset ${preset.name} needs the metadata of the application: name its file or address.`);
  }
  const filled = readPresetValues(preset, readAssignments(options.value ?? []), { metadata: source !== undefined });
  const opened = await session.open();
  const admin = await openAdmin(session, opened);
  const name = options.name === undefined ? [] : [{ key: 'name', value: options.name }];
  const added =
    source === undefined
      ? await admin.addByHand({ ...handMadeOf(preset, filled), settings: name, enabled }, doingOf(options))
      : await admin.add(
          await readSource(source),
          {
            ...sourceOptions(options),
            enabled,
            overrides: overridesOf(preset, filled),
            ...(options.name === undefined ? {} : { name: options.name }),
            ...(options.entityId === undefined ? {} : { entityId: options.entityId }),
            ...(await readCertificates(options.certificate)),
          },
          doingOf(options),
        );
  return tell(session.output, preset, added, { ...options, opened });
}

async function tell(output: Output, preset: Preset, { record, findings }: Added, options: DryRun & { readonly opened: Opened }): Promise<undefined> {
  const strange = protocolsOf(record.metadata).includes(preset.protocol) ? [] : [`The metadata does not speak the protocol that ${preset.name} is for.`];
  const notes = [...strange, ...(await otherSide(options.opened, preset, record)).notes];
  output.result({ ...toView(record), findings, notes }, `Added ${title(record)}${record.enabled ? '' : ', switched off'}${dryNote(options)}`);
  hintFindings(output, findings);
  for (const note of notes) output.hint(`note: ${note}`);
  if (options.dryRun === true) return undefined;
  output.hint(`next: see what the other side is told, with commands to run there: signet rp commands ${shellWord(record.metadata.entityId)}`);
  if (!record.enabled) output.hint(`next: switch it on with: signet rp enable ${shellWord(record.metadata.entityId)}`);
  return undefined;
}

async function fillPreset(session: Session, application: string, texts: readonly string[], options: DryRun): Promise<undefined> {
  const assignments = readAssignments(texts);
  const { storage, loaded } = await session.open();
  const { entityId, wsfedIssuer } = loaded.settings;
  const parts = { relyingParties: storage.relyingParties, clock: session.clock, ownNames: [entityId, wsfedIssuer] };
  const { record, changes } = await fillAgain(parts, await presetsOf(session), application, assignments, doingOf(options));
  const lines = changes.map(({ field, before, after }) => `${field}: ${before.join(', ') || 'nothing'} -> ${after.join(', ')}`);
  session.output.result({ ...toView(record), changes }, lines.length === 0 ? 'Nothing changed' : `${title(record)}${dryNote(options)}\n${lines.join('\n')}`);
  if (record.overrides.rules?.transform !== undefined) {
    session.output.hint(
      `note: transform rules decide which claims leave; for the mappings of the preset: signet rp rules ${shellWord(record.metadata.entityId)} --clear, then fill again.`,
    );
  }
  if (changes.length > 0) session.output.hint(`next: see what the other side is told now: signet rp commands ${shellWord(record.metadata.entityId)}`);
  return undefined;
}

async function showCommands(session: Session, application: string): Promise<undefined> {
  const opened = await session.open();
  const record = await findApplication(opened.storage.relyingParties, application);
  const { preset } = presetOf(record, await presetsOf(session));
  const other = await otherSide(opened, preset, record);
  session.output.result({ application: record.metadata.entityId, preset: preset.name, ...other }, describeOtherSide(nameOf(record), other));
  if ((await opened.storage.signingKeys.list()).length === 0) {
    session.output.hint('note: there is no signing key yet, so what needs its certificate is missing; make one by starting the node with: signet serve');
  }
  return undefined;
}

/** With the values that were filled in when it was added, checked again: the preset may have changed since. */
async function otherSide({ storage, loaded }: Opened, preset: Preset, record: RelyingPartyRecord): Promise<OtherSide> {
  const { overrides, metadata } = record;
  const { baseUrl, entityId, wsfedIssuer } = loaded.settings;
  const stored = asAssignments(overrides.preset?.values ?? {});
  const facts = {
    issuer: overrides.issuer ?? (preset.protocol === 'saml' ? entityId : wsfedIssuer),
    application: metadata.entityId,
    baseUrl,
    keys: await storage.signingKeys.list(),
    ...(overrides.signingKey === undefined ? {} : { pinned: overrides.signingKey }),
  };
  return otherSideOf(preset, readPresetValues(preset, stored, describedBy(record)), facts);
}
