/** `signet rp add` and `signet rp add-wsfed`: applications come into the registry. */
import type { Command } from 'commander';
import type { Preset } from '../admin/preset-format.js';
import { presetFor } from '../admin/preset-match.js';
import type { SourceOptions } from '../admin/metadata-source.js';
import type { Added } from '../admin/relying-party-registration.js';
import { protocolsOf, WSFED_BINDING } from '../core/model/relying-party.js';
import { START_PATHS } from '../core/model/start-path.js';
import { shellWord } from '../core/shell-word.js';
import { type Cli, collect, doingOf, DRY_RUN, type DryRun, dryNote, type Session, withExamples } from './context.js';
import { hintFindings } from './findings.js';
import { WrongUse } from './output.js';
import { addWithPreset } from './presets.js';
import { presetsOf } from './preset-library.js';
import { openAdmin, readCertificates, readSource, sourceOptions, withCertificateOption, withSourceOptions } from './relying-party-admin.js';
import { title, toView } from './relying-party-view.js';

interface State {
  readonly enable?: boolean;
  readonly draft?: boolean;
}

interface AddOptions extends SourceOptions, DryRun, State {
  readonly name?: string;
  readonly entityId?: string;
  readonly preset?: string;
  readonly value?: readonly string[];
  readonly certificate?: readonly string[];
}

interface AddWsfedOptions extends DryRun, State {
  readonly reply: readonly string[];
  readonly tokenType?: string;
  readonly identifier?: readonly string[];
  readonly name?: string;
  readonly allowHttp?: boolean;
}

const ENABLE = ['--enable', 'open it for everyone (what happens without an option)'] as const;
const DRAFT = ['--draft', 'register it switched off'] as const;

/** Adds the commands below `signet rp`. */
export function registerAdding(command: Command, cli: Cli): void {
  const add = command
    .command('add')
    .summary('register an application from its metadata')
    .argument('[file-or-url]', 'SAML metadata of the service provider, or federation metadata; left out with a preset that needs none');
  withExamples(
    withCertificateOption(withSourceOptions(add)),
    'rp add metadata.xml --name "Acme Expenses"',
    'rp add https://app.example/saml/metadata --draft --dry-run',
  )
    .option('--name <name>', 'what people call it; from the metadata unless given')
    .option(...ENABLE)
    .option(...DRAFT)
    .option('--entity-id <id>', 'which one, when the file holds several')
    .option('--preset <preset>', 'as this kind of application; see: signet rp preset list')
    .option('--value <field=value>', 'what the preset asks for (repeatable)', collect)
    .option(...DRY_RUN)
    .action((source: string | undefined, options: AddOptions) => cli.run((session) => addApplication(session, source, options)));

  const addWsfed = command
    .command('add-wsfed')
    .summary('register an application of WS-Federation that has no metadata')
    .argument('<wtrealm>', 'its realm, to the letter');
  withExamples(
    addWsfed,
    'rp add-wsfed urn:acme:intranet --reply https://intranet.example/_trust/ --name Intranet',
    'rp add-wsfed https://wiki.example/ --reply https://wiki.example/ --token-type saml20 --dry-run',
  )
    .requiredOption('--reply <url>', 'where its tokens go (repeatable): the first unless a request names another', collect)
    .option('--token-type <type>', 'saml11 (what happens without the option) or saml20')
    .option('--name <name>', 'what people call it; the realm unless given')
    .option('--identifier <id>', 'a further realm of the same application (repeatable)', collect)
    .option(...ENABLE)
    .option(...DRAFT)
    .option('--allow-http', 'reply addresses with plain http')
    .option(...DRY_RUN)
    .action((realm: string, options: AddWsfedOptions) => cli.run((session) => addWsfedApplication(session, realm, options)));
}

async function addApplication(session: Session, source: string | undefined, options: AddOptions): Promise<undefined> {
  const enabled = isEnabled(options);
  const { preset } = options;
  if (preset !== undefined) return addWithPreset(session, source, enabled, { ...options, preset });
  if (options.value !== undefined) throw new WrongUse('--value belongs to --preset; name the preset as well.');
  if (source === undefined) throw new WrongUse('Name the file or address of the metadata, or a preset that needs none with --preset.');
  const read = await readSource(source);
  const { presets } = await presetsOf(session);
  const admin = await openAdmin(session);
  const added = await admin.add(
    read,
    {
      ...sourceOptions(options),
      enabled,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.entityId === undefined ? {} : { entityId: options.entityId }),
      ...(await readCertificates(options.certificate)),
    },
    doingOf(options),
  );
  return tell(session, added, presets, options);
}

async function addWsfedApplication(session: Session, realm: string, options: AddWsfedOptions): Promise<undefined> {
  const enabled = isEnabled(options);
  const { presets } = await presetsOf(session);
  const admin = await openAdmin(session);
  const added = await admin.addByHand(
    {
      entityId: realm,
      identifiers: options.identifier ?? [],
      replyAddresses: [...new Set(options.reply)].map((url) => ({ binding: WSFED_BINDING, url })),
      settings: [
        ...(options.name === undefined ? [] : [{ key: 'name', value: options.name }]),
        ...(options.tokenType === undefined ? [] : [{ key: 'token-type', value: options.tokenType }]),
      ],
      enabled,
      allowHttp: options.allowHttp === true,
    },
    doingOf(options),
  );
  return tell(session, added, presets, options);
}

function isEnabled(options: State): boolean {
  if (options.enable === true && options.draft === true) throw new WrongUse('--enable and --draft exclude each other; give one.');
  return options.draft !== true;
}

/** What was added, and what the other side needs now. */
async function tell(session: Session, { record, findings }: Added, presets: readonly Preset[], options: DryRun): Promise<undefined> {
  const { output } = session;
  const { baseUrl, wsfedIssuer } = (await session.settings()).settings;
  output.result({ ...toView(record), findings }, `Added ${title(record)}${record.enabled ? '' : ', switched off'}${dryNote(options)}`);
  hintFindings(output, findings);
  const protocols = protocolsOf(record.metadata);
  const { entityId } = record.metadata;
  const known = protocols.map((protocol) => presetFor(presets, entityId, protocol)).find((preset) => preset !== undefined);
  if (known !== undefined) output.hint(`note: this looks like ${known.title}; what it expects is known: signet rp preset show ${known.name}`);
  if (options.dryRun === true) return undefined;
  if (protocols.includes('saml')) {
    output.hint(`next: give the application our metadata: ${baseUrl}/saml/metadata`);
    output.hint(`next: people open it at ${baseUrl}${START_PATHS.saml(entityId)}`);
  }
  if (protocols.includes('wsfed')) {
    output.hint(`next: give the application our federation metadata: ${baseUrl}/FederationMetadata/2007-06/FederationMetadata.xml`);
    output.hint(`next: or, by hand: sign-in address ${baseUrl}/wsfed, issuer ${wsfedIssuer}, realm ${entityId}`);
    output.hint(`next: people open it at ${baseUrl}${START_PATHS.wsfed(entityId)}`);
  }
  if (!record.enabled) output.hint(`next: switch it on with: signet rp enable ${shellWord(entityId)}`);
  return undefined;
}
