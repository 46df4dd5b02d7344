/** The commands of `signet`. Only the one that is asked for is loaded. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../app/package.js';
import { type Cli, createCli, type Environment, withExamples } from './context.js';
import { EXIT, oneLine, sentence, type Terminal } from './output.js';

/** Fills a command, with everything below it. */
type Register = (command: Command, cli: Cli) => void;

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Register>;
}

const COMMANDS: readonly Entry[] = [
  { name: 'serve', summary: 'run one node', load: async () => (await import('./serve-command.js')).registerServe },
  { name: 'config', summary: 'show every setting and where it comes from', load: async () => (await import('./config.js')).registerConfig },
  { name: 'health', summary: 'ask the running node whether it can issue', load: async () => (await import('./health.js')).registerHealth },
  { name: 'doctor', summary: 'find what is wrong, and say what to do', load: async () => (await import('./doctor.js')).registerDoctor },
  { name: 'user', summary: 'people: add, list, show, set, disable and more', load: async () => (await import('./users.js')).registerUsers },
  {
    name: 'rp',
    summary: 'applications (relying parties): add, list, show, set and more',
    load: async () => (await import('./relying-parties.js')).registerRelyingParties,
  },
  {
    name: 'directory',
    summary: 'the directory people come from: list, show, set, rules',
    load: async () => (await import('./directories.js')).registerDirectories,
  },
  { name: 'lint', summary: 'say what is wrong with metadata, and what to ask for', load: async () => (await import('./lint.js')).registerLint },
  { name: 'group', summary: 'groups: list, show', load: async () => (await import('./directories.js')).registerGroups },
  { name: 'keys', summary: 'signing keys: list, show, rotate, import, promote, retire', load: async () => (await import('./keys.js')).registerKeys },
  { name: 'store', summary: 'attribute stores: where rules look things up', load: async () => (await import('./attribute-stores.js')).registerStores },
  {
    name: 'import',
    summary: "take over what another server has: AD FS's trusts and rules",
    load: async () => (await import('./import.js')).registerImport,
  },
  { name: 'idp', summary: 'partner identity providers: list, show, rules, remove', load: async () => (await import('./partner-idps.js')).registerPartners },
  { name: 'names', summary: 'name identifiers: export and import', load: async () => (await import('./names.js')).registerNames },
  { name: 'export', summary: 'the configuration as YAML: no secrets, no people', load: async () => (await import('./transfer.js')).registerExport },
  { name: 'apply', summary: 'put files of configuration in force', load: async () => (await import('./transfer.js')).registerApply },
  { name: 'log', summary: 'show sign-on records', load: async () => (await import('./log.js')).registerLog },
  { name: 'changes', summary: 'show who changed what, with what stood there before', load: async () => (await import('./changes.js')).registerChanges },
  { name: 'preview', summary: 'show what a person would get at an application', load: async () => (await import('./explain.js')).registerPreview },
  {
    name: 'explain',
    summary: 'say why a person gets a claim at an application, or does not',
    load: async () => (await import('./explain.js')).registerExplain,
  },
  { name: 'compare', summary: 'compare a token with what would be issued here', load: async () => (await import('./explain.js')).registerCompare },
  {
    name: 'decode',
    summary: 'show what a message, a token or a recording says, and who signed it',
    load: async () => (await import('./decode.js')).registerDecode,
  },
  { name: 'trace', summary: 'show what happened in one sign-on', load: async () => (await import('./trace.js')).registerTrace },
];

/**
 * Runs one command and gives its exit code: 0 done, 1 refused, 2 wrong use, 3 not found, 4 conflict, 5 store
 * unreachable, 6 findings.
 * @param argv what stands behind the name of the program
 */
export async function run(argv: readonly string[], env: Environment, terminal: Terminal = process): Promise<number> {
  const program = createProgram(terminal);
  const cli = createCli(program, env, terminal);
  const named = commandNamed(argv);
  for (const { name, summary, load } of COMMANDS) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
    if (name === named) (await load())(command, cli);
  }
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.done;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return cli.exitCode();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help') reportMissingVerb(program, terminal, argv);
    return EXIT.wrongUse;
  }
}

/** The first word that is neither an option of the program nor its value. */
function commandNamed(argv: readonly string[]): string | undefined {
  const scout = withGlobals(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    const [first, second] = scout.parseOptions([...argv]).operands;
    return first === 'help' ? second : first;
  } catch (error) {
    // Said properly by the program itself.
    if (error instanceof CommanderError) return undefined;
    throw error;
  }
}

function withGlobals(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--data <dir>', 'data folder (SIGNET_DATA)')
    .option('--config <file>', 'configuration file (SIGNET_CONFIG)');
}

function createProgram(terminal: Terminal): Command {
  const program = withGlobals(new Command('signet'))
    .description('Signet: SAML 2.0 identity provider and security token service.')
    .version(packageVersion(), '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      getOutHasColors: () => false,
      // What is wrong is said in one line; the help that commander adds to it is asked for with --help.
      writeErr: () => undefined,
      outputError: (text) => {
        report(program, terminal, text.trim().replace(/^error: /u, ''));
      },
    });
  return withExamples(program, 'serve', 'rp add https://app.example/saml/metadata');
}

/** "unknown command 'ust'\n(Did you mean user?)" -> one line. */
function report(program: Command, { stderr }: Terminal, text: string): void {
  const message = oneLine(text).replace(/\s*\(Did you mean (.*?)\?\)$/u, '; did you mean $1?');
  const full = sentence(message);
  const json = program.opts<{ readonly json?: boolean }>().json === true;
  stderr.write(json ? `${JSON.stringify({ error: { code: 'wrong_use', message: full } })}\n` : `signet: ${full}\n`);
}

function reportMissingVerb(program: Command, terminal: Terminal, argv: readonly string[]): void {
  const path: Command[] = [];
  for (const word of argv) {
    const below = (path.at(-1) ?? program).commands.find((candidate) => candidate.name() === word);
    if (below !== undefined) path.push(below);
  }
  const verbs = (path.at(-1) ?? program).commands.map((inner) => inner.name());
  const words = path.map((command) => `${command.name()} `).join('');
  report(program, terminal, `${path.at(-1)?.name() ?? 'signet'} needs one of ${verbs.join(', ')}; see: signet ${words}--help`);
}
