/** `signet trace REF`: every check and decision of one sign-on, and with --now what would be different if it were made now. */
import type { Command } from 'commander';
import { compareWithNow, type SinceThen } from '../admin/if-issued-now.js';
import { findByReference, traceLines } from '../admin/log.js';
import { readClaims } from '../core/claims/explanation/stored-claims.js';
import { SignetError } from '../core/errors.js';
import type { SignOnRecord } from '../core/ports.js';
import { type Cli, type Session, withExamples } from './context.js';
import { makePreview } from './open-preview.js';
import { oneLine, showTime } from './output.js';

interface TraceOptions {
  readonly now?: boolean;
}

export function registerTrace(command: Command, cli: Cli): void {
  withExamples(command, 'trace SGN-7Q4M-X2KD', 'trace SGN-7Q4M-X2KD --now')
    .argument('<reference>', 'the reference an error page or the log shows')
    .option('--now', 'also what would be different if it were made now, values masked')
    .action((reference: string, options: TraceOptions) =>
      cli.run(async (session) => {
        const { storage } = await session.open();
        const entries = await findByReference(storage.journal, reference);
        const now = options.now === true ? await sinceThen(session, entries) : undefined;
        const texts = entries.map((entry) => traceLines(entry).map(oneLine).join('\n'));
        session.output.result(
          now === undefined ? entries.map(toView) : { entries: entries.map(toView), now },
          [...texts, ...(now === undefined ? [] : [nowText(entries, now)])].join('\n\n'),
        );
        return undefined;
      }),
    );
}

function toView({ at, trace, ...entry }: SignOnRecord): Readonly<Record<string, unknown>> {
  const claims = trace.claims === undefined ? {} : { claims: readClaims(trace.claims) };
  return { time: new Date(at).toISOString(), ...entry, trace: { ...trace, ...claims } };
}

/** Of the sign-on under the reference; people and applications may be gone since. */
async function sinceThen(session: Session, entries: readonly SignOnRecord[]): Promise<readonly SinceThen[]> {
  const entry = signOnOf(entries);
  if (entry?.user === undefined || entry.relyingParty === undefined) {
    throw new SignetError('invalid_input', 'nobody was signed in to an application under this reference, so nothing can be issued for it now');
  }
  const { user, relyingParty, protocol, clientAddress } = entry;
  const preview = await makePreview(session, {
    user,
    application: relyingParty,
    methods: ['pwd'],
    ...(protocol === 'saml' || protocol === 'wsfed' ? { protocol } : {}),
    ...(clientAddress === undefined ? {} : { address: clientAddress }),
  });
  return compareWithNow(entry, preview);
}

function signOnOf(entries: readonly SignOnRecord[]): SignOnRecord | undefined {
  return entries.findLast(({ event }) => event === 'sign-on');
}

function nowText(entries: readonly SignOnRecord[], differences: readonly SinceThen[]): string {
  const at = signOnOf(entries)?.at;
  const then = at === undefined ? 'then' : `on ${showTime(at)}`;
  if (differences.length === 0) return `If issued now: the same as ${then}`;
  const lines = differences.map(({ what, then: was, now }) => oneLine(`  ${what}: ${was ?? 'nothing'} -> ${now ?? 'nothing'}`));
  return [`If issued now, other than ${then}`, ...lines].join('\n');
}
