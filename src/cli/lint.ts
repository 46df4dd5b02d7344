/** `signet lint`: what is wrong with metadata, and what to ask the other side for; nothing is stored. */
import type { Command } from 'commander';
import type { LintResult } from '../admin/application-metadata.js';
import { lintSource, textForThem } from '../admin/metadata-lint.js';
import type { MetadataSource, SourceOptions } from '../admin/metadata-source.js';
import type { Finding } from '../core/model/finding.js';
import { type Cli, collect, type Session, withExamples } from './context.js';
import { readAll } from './files.js';
import { EXIT, oneLine } from './output.js';
import { readCertificates, readSource, sourceOptions, withSourceOptions } from './relying-party-admin.js';

interface Options extends SourceOptions {
  readonly entityId?: string;
  readonly certificate?: readonly string[];
  readonly forThem?: boolean;
}

/** In the order they are shown, with what each means. */
const LEVELS: readonly (readonly [Finding['level'], string])[] = [
  ['stop', 'it cannot be used so'],
  ['warn', 'it works, and will hurt'],
  ['tip', 'it could be better'],
];

export function registerLint(command: Command, cli: Cli): void {
  withExamples(withSourceOptions(command), 'lint metadata.xml', 'lint https://app.example/saml/metadata --for-them')
    .argument('<file-or-url>', 'metadata of an application, of SAML or WS-Federation; - for standard input')
    .option('--entity-id <id>', 'which one, when the file holds several')
    .option('--certificate <file>', 'a certificate the metadata has to be signed with: PEM, base64 or DER (repeatable)', collect)
    .option('--for-them', 'print the text to send to the other side')
    .addHelpText('after', '\nExit code 6 with findings of level stop or warn. Every finding: docs/metadata-lint.md')
    .action((source: string, options: Options) => cli.run((session) => lint(session, source, options)));
}

async function lint(session: Session, name: string, options: Options): Promise<number> {
  const { output, clock } = session;
  const source = await openSource(session, name);
  // Files are looked at on any machine, whatever its settings say.
  const settings = source.kind === 'url' ? (await session.settings()).settings : undefined;
  const { entityId, certificate } = options;
  const result = await lintSource(source, settings?.fetchAllow ?? [], {
    ...sourceOptions(options),
    now: clock.now(),
    maxDays: settings?.metadataMaxDays,
    ...(entityId === undefined ? {} : { entityId }),
    ...(await readCertificates(certificate)),
  });
  const { findings } = result;
  const text = textForThem(result);
  const view = { source: name, entityId: result.entityId ?? null, usable: result.metadata !== undefined, findings, textForThem: text };
  output.result(view, options.forThem === true ? text : describe(name, result));
  if (options.forThem === true && text === '') output.hint('note: there is nothing to ask the other side for.');
  else if (options.forThem !== true && text !== '') output.hint('next: the text to send to the other side is printed with --for-them');
  return findings.some(({ level }) => level !== 'tip') ? EXIT.findings : EXIT.done;
}

async function openSource({ stdin }: Session, name: string): Promise<MetadataSource> {
  return name === '-' ? { kind: 'file', location: 'standard input', bytes: await readAll(stdin) } : readSource(name);
}

function describe(name: string, { entityId, findings }: LintResult): string {
  const title = oneLine(entityId ?? (name === '-' ? 'standard input' : name));
  if (findings.length === 0) return `${title}: nothing to remark`;
  const counts = LEVELS.map(([level]) => `${String(findings.filter((finding) => finding.level === level).length)} ${level}`).join(', ');
  return [`${title}: ${counts}`, ...LEVELS.flatMap(([level, meaning]) => section(level, meaning, findings))].join('\n');
}

function section(level: Finding['level'], meaning: string, all: readonly Finding[]): readonly string[] {
  const findings = all.filter((finding) => finding.level === level);
  return findings.length === 0 ? [] : ['', `${level}: ${meaning}`, ...findings.flatMap(describeFinding)];
}

function describeFinding({ id, place, sentence, why, fix }: Finding): readonly string[] {
  return ['', `  ${place} (${id})`, `  ${sentence}`, `  why: ${why}`, `  fix: ${fix}`];
}
