/** `signet idp`: partner identity providers, as far as they are known. */
import type { Command } from 'commander';
import { createPartnerAdmin, type PartnerAdmin } from '../admin/partner-idps.js';
import { parseRules } from '../core/claims/language/parse.js';
import { sentenceOf } from '../core/claims/language/sentence.js';
import type { PartnerIdp } from '../core/model/partner-idp.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { namingFile, readText } from './files.js';
import { storeCatalogue } from './store-catalogue.js';
import { oneLine, pairs, table } from './output.js';

const LATER = 'note: people cannot sign in through partner IdPs in this version; what is known of them is kept until then.';

export function registerPartners(command: Command, cli: Cli): void {
  withExamples(command, 'idp list', 'idp show Fabrikam').addHelpText('after', `\n${LATER.replace('note: p', 'P')}`);

  withExamples(command.command('list').summary('list partner IdPs'), 'idp list', 'idp list --json').action(() => cli.run(listPartners));

  const show = command.command('show').summary('show a partner IdP').argument('<partner>', 'identifier or name');
  withExamples(show, 'idp show Fabrikam', 'idp show https://sso.fabrikam.example/idp --json').action((name: string) =>
    cli.run(async (session) => {
      const partner = await (await openPartners(session)).find(name);
      session.output.result(partner, describe(partner));
      session.output.hint(LATER);
      return undefined;
    }),
  );

  const rules = command.command('rules').summary('print or set the acceptance rules of a partner IdP');
  withExamples(rules, 'idp rules Fabrikam', 'idp rules Fabrikam accept.txt --dry-run')
    .argument('<partner>', 'identifier or name')
    .argument('[file]', 'rules in the claim rule language; - reads standard input')
    .option(...DRY_RUN)
    .action((name: string, file: string | undefined, options: DryRun) => cli.run((session) => rulesOf(session, name, file, options)));

  const remove = command.command('remove').summary('remove a partner IdP').argument('<partner>', 'identifier or name');
  withExamples(remove, 'idp remove Fabrikam', 'idp remove Fabrikam --dry-run')
    .option(...DRY_RUN)
    .action((name: string, options: DryRun) =>
      cli.run(async (session) => {
        const partner = await (await openPartners(session)).remove(name, doingOf(options));
        session.output.result(partner, oneLine(`Removed ${titleOf(partner)}${dryNote(options)}`));
        return undefined;
      }),
    );
}

async function openPartners(session: Session, opened?: Opened): Promise<PartnerAdmin> {
  const store = opened ?? (await session.open());
  return createPartnerAdmin({ storedSettings: store.storage.storedSettings, catalogue: storeCatalogue(store, session.clock, () => undefined) });
}

async function listPartners(session: Session): Promise<undefined> {
  const partners = await (await openPartners(session)).list();
  const rows = partners.map(({ name, identifier, protocols, domains }) => [name, identifier, protocols.join(', '), domains.join(', ') || '-']);
  session.output.result(partners, partners.length === 0 ? 'no partner IdPs' : table(['name', 'identifier', 'protocol', 'domains'], rows));
  session.output.hint(LATER);
  return undefined;
}

async function rulesOf(session: Session, name: string, file: string | undefined, options: DryRun): Promise<undefined> {
  const { output } = session;
  const admin = await openPartners(session);
  if (file === undefined) {
    const { identifier, acceptance } = await admin.find(name);
    if (output.json) output.result({ identifier, text: acceptance }, '');
    else output.raw(acceptance);
    return undefined;
  }
  const text = await readText(file, session.stdin);
  const { partner, changed, notes } = await namingFile(file, () => admin.setRules(name, text, doingOf(options)));
  const head = changed ? `${titleOf(partner)} has these acceptance rules${dryNote(options)}` : `Nothing changed: ${titleOf(partner)} has these rules already`;
  const sentences = parseRules(partner.acceptance).map((rule, at) => `${String(at + 1).padStart(3)}. ${sentenceOf(rule)}`);
  output.result({ identifier: partner.identifier, changed, notes, sentences }, [head, ...sentences].map(oneLine).join('\n'));
  for (const note of notes) output.hint(`note: ${note}`);
  return undefined;
}

function titleOf({ name, identifier }: PartnerIdp): string {
  return `${name} (${identifier})`;
}

function describe(partner: PartnerIdp): string {
  const { requests } = partner;
  return pairs([
    ['identifier', partner.identifier],
    ['name', partner.name],
    ['state', partner.enabled ? 'known, not in use yet' : 'switched off'],
    ['protocol', partner.protocols.join(', ')],
    ['domains', partner.domains.join(', ') || undefined],
    ...partner.endpoints.map(({ use, binding, url }): readonly [string, string] => [use, `${url} (${binding.slice(binding.lastIndexOf(':') + 1)})`]),
    ['certificates', String(partner.certificates.length)],
    ['metadata', partner.metadataUrl],
    ['requests', requests.signed ? 'signed' : 'not signed'],
    ['name format', requests.nameIdFormat],
    ['known by', partner.anchorClaim],
    ['notes', partner.notes],
  ]);
}
