/** `signet rp preset list`, `show` and `check`: the presets that come along, and one's own. */
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { handMadeOf, overridesOf } from '../admin/preset-build.js';
import { examplesOf } from '../admin/preset-check.js';
import { choosePreset, collectPresets, type PresetCollection } from '../admin/preset-collection.js';
import { readPreset } from '../admin/presets.js';
import { packageFolder } from '../app/package.js';
import { type Cli, type Session, withExamples } from './context.js';
import { readText } from './files.js';
import { table } from './output.js';
import { describeExample, describePreset } from './preset-view.js';

/** The presets of the package and of the folder that the settings name. */
export async function presetsOf(session: Session): Promise<PresetCollection> {
  const { data, presets } = (await session.settings()).settings;
  const own = presets === undefined ? { path: join(data, 'presets'), named: false } : { path: presets, named: true };
  return collectPresets(join(packageFolder(), 'metadata', 'presets'), own);
}

/** Adds the commands below `signet rp preset`. */
export function registerLibrary(preset: Command, cli: Cli): void {
  withExamples(preset.command('list').summary('list the presets'), 'rp preset list', 'rp preset list --json').action(() =>
    cli.run(async (session) => {
      const { presets, own, problems } = await presetsOf(session);
      const rows = presets.map(({ name, confidence, title: what }) => [name, confidence, own.has(name) ? `${what} (your own)` : what]);
      const shown = presets.map(({ name, title: what, confidence, protocol, metadata }) => ({ name, title: what, confidence, protocol, metadata, own: own.has(name) })); // prettier-ignore
      session.output.result(shown, table(['name', 'known', 'what'], rows));
      for (const { sentence } of problems) session.output.hint(`problem: ${sentence}`);
      return undefined;
    }),
  );

  const show = preset.command('show').summary('show a preset: what it asks for, what it sends, what the other side wants');
  withExamples(show, 'rp preset show microsoft-365', 'rp preset show aws --json')
    .argument('<preset>', 'its name')
    .action((name: string) =>
      cli.run(async (session) => {
        const found = choosePreset(await presetsOf(session), name);
        session.output.result(found, describePreset(found));
        return undefined;
      }),
    );

  const check = preset.command('check').summary("check a preset of one's own, and show what it would make with its examples");
  withExamples(check, 'rp preset check data/presets/timesheets.json', 'rp preset check timesheets.json --json')
    .argument('<file>', 'a preset as JSON')
    .action((file: string) => cli.run((session) => checkPreset(session, file)));
}

async function checkPreset({ output }: Session, file: string): Promise<undefined> {
  const preset = readPreset(await readText(file), basename(file));
  const values = examplesOf(preset.fields);
  const byHand = preset.metadata === 'required' ? undefined : handMadeOf(preset, values);
  const application = { ...byHand, overrides: byHand?.overrides ?? overridesOf(preset, values) };
  output.result({ preset: preset.name, values, application }, describeExample(preset, application));
  return undefined;
}
