/** `signet rp`: applications. */
import type { Command } from 'commander';
import type { Doing } from '../admin/doing.js';
import type { SourceOptions } from '../admin/metadata-source.js';
import { describeProtocols } from '../admin/metadata-changes.js';
import { nameOf } from '../admin/relying-party-names.js';
import { RELYING_PARTY_SETTINGS } from '../admin/relying-party-settings.js';
import type { RelyingPartyAdmin } from '../admin/relying-parties.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { readAssignments } from './assignments.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, readCount, type Session, withExamples } from './context.js';
import { describeLife, lifeView, readLife } from './metadata-view.js';
import { table } from './output.js';
import { registerPresets } from './presets.js';
import { openAdmin, readPinned, sourceOptions } from './relying-party-admin.js';
import { registerAdding } from './relying-party-adding.js';
import { registerMetadata } from './relying-party-metadata.js';
import { registerRules } from './relying-party-rules.js';
import { describe, stateOf, title, toView } from './relying-party-view.js';

interface ListOptions {
  readonly text?: string;
  readonly disabled?: boolean;
  readonly limit?: string;
}

const PAGE = 500;

export function registerRelyingParties(command: Command, cli: Cli): void {
  withExamples(command, 'rp add https://app.example/saml/metadata', 'rp set https://app.example/metadata sign=assertion groups=Sales');

  registerAdding(command, cli);
  registerPresets(command, cli);
  registerRules(command, cli);

  const list = command.command('list').summary('list applications');
  withExamples(list, 'rp list', 'rp list --text expenses --json')
    .option('--text <text>', 'part of an identifier or name')
    .option('--disabled', 'only those that are switched off')
    .option('--limit <n>', 'at most so many')
    .action((options: ListOptions) => cli.run((session) => listApplications(session, options)));

  const show = command.command('show').summary('show an application: what its metadata says, and what is set beside it');
  withExamples(show, 'rp show https://app.example/metadata', 'rp show "Acme Expenses" --json')
    .argument('<application>', 'identifier or name')
    .action((application: string) =>
      cli.run(async (session) => {
        const opened = await session.open();
        const record = await (await openAdmin(session, opened)).find(application);
        const life = await readLife(opened.storage, record);
        session.output.result({ ...toView(record), ...lifeView(record, life) }, describe(record, describeLife(record, life)));
        return undefined;
      }),
    );

  const set = command.command('set').summary('set what the metadata does not say, or says otherwise');
  withExamples(set, 'rp set https://app.example/metadata sign=assertion lifetime=10m', 'rp set https://app.example/metadata groups= nameid-format=email')
    .argument('<application>', 'identifier or name')
    .argument('<assignment...>', 'KEY=VALUE; an empty value gives the word back to the metadata')
    .option('--allow-http', 'reply addresses with plain http')
    .option(...DRY_RUN)
    .addHelpText('after', `\nKeys: enabled, ${RELYING_PARTY_SETTINGS.map(({ key, repeatable }) => `${key}${repeatable ? ' (repeatable)' : ''}`).join(', ')}.`)
    .action((application: string, texts: readonly string[], options: SourceOptions & DryRun) =>
      cli.run((session) => setApplication(session, application, texts, options)),
    );

  verb(command, cli, 'enable', 'switch an application on', 'Enabled', (admin, name, doing) => admin.setEnabled(name, true, doing));
  verb(command, cli, 'disable', 'switch an application off', 'Disabled', (admin, name, doing) => admin.setEnabled(name, false, doing));
  verb(command, cli, 'remove', 'remove an application', 'Removed', (admin, name, doing) => admin.remove(name, doing));
  registerMetadata(command, cli);
}

function verb(
  command: Command,
  cli: Cli,
  name: string,
  summary: string,
  done: string,
  work: (admin: RelyingPartyAdmin, application: string, doing: Doing) => Promise<RelyingPartyRecord>,
): void {
  withExamples(command.command(name).summary(summary), `rp ${name} https://app.example/metadata`, `rp ${name} "Acme Expenses" --dry-run`)
    .argument('<application>', 'identifier or name')
    .option(...DRY_RUN)
    .action((application: string, options: DryRun) =>
      cli.run(async (session) => {
        const record = await work(await openAdmin(session), application, doingOf(options));
        session.output.result(toView(record), `${done} ${title(record)}${dryNote(options)}`);
        return undefined;
      }),
    );
}

async function listApplications(session: Session, options: ListOptions): Promise<undefined> {
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : readCount('--limit', options.limit);
  const admin = await openAdmin(session);
  const filter = { ...(options.text === undefined ? {} : { text: options.text }), ...(options.disabled === true ? { enabled: false } : {}) };
  const found: RelyingPartyRecord[] = [];
  for (let after: string | undefined; found.length < limit;) {
    const page = await admin.list(filter, { limit: Math.min(PAGE, limit - found.length), ...(after === undefined ? {} : { after }) });
    found.push(...page);
    after = page.at(-1)?.metadata.entityId;
    if (page.length < PAGE || after === undefined) break;
  }
  const rows = found.map((record) => [nameOf(record), stateOf(record), describeProtocols(record.metadata), record.metadata.entityId]);
  session.output.result(found.map(toView), found.length === 0 ? 'no applications' : table(['name', 'state', 'protocol', 'identifier'], rows));
  return undefined;
}

async function setApplication(session: Session, application: string, texts: readonly string[], options: SourceOptions & DryRun): Promise<undefined> {
  const assignments = await readPinned(readAssignments(texts));
  const { record, changes } = await (await openAdmin(session)).set(application, assignments, sourceOptions(options), doingOf(options));
  const unset = record.source.kind === 'hand' ? 'not set' : 'as the metadata says';
  const lines = changes.map(({ key, before, after }) => `${key}: ${before ?? unset} -> ${after ?? unset}`);
  session.output.result({ ...toView(record), changes }, lines.length === 0 ? 'Nothing changed' : `${title(record)}${dryNote(options)}\n${lines.join('\n')}`);
  if (record.metadata.wantAssertionsSigned && record.overrides.sign === 'response') {
    session.output.hint('note: the metadata wants assertions signed, which is obeyed: both are signed.');
  }
  return undefined;
}
