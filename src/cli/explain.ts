/** `signet preview`, `signet explain` and `signet compare`: what a person gets at an application, and why. */
import type { Command } from 'commander';
import { compareTokens, type Difference } from '../admin/compare.js';
import { type ClaimExplanation, explain, type Explanation, lastPart } from '../admin/explain.js';
import type { Preview, PreviewRequest } from '../admin/preview.js';
import { tryRules } from '../admin/relying-party-rules.js';
import { readAssertion } from '../app/preview.js';
import { displayNameOf } from '../core/claims/explanation/claim-names.js';
import { checkSentence } from '../core/checks/catalogue.js';
import { SignetError } from '../core/errors.js';
import { type Cli, collect, type Session, withExamples } from './context.js';
import { readText } from './files.js';
import { EXIT, oneLine, pairs, table, WrongUse, wrappedTable } from './output.js';
import { makePreview } from './open-preview.js';
import { title } from './relying-party-view.js';

/** How the person would have come: folded into every command. */
interface Circumstances {
  readonly protocol?: string;
  readonly tokenType?: string;
  readonly address?: string;
  readonly userAgent?: string;
  readonly method?: readonly string[];
  readonly at?: string;
  readonly nameidFormat?: string;
  readonly rules?: string;
}

export function registerPreview(command: Command, cli: Cli): void {
  withExamples(command, 'preview maria "Acme Expenses"', 'preview maria Wiki --address 203.0.113.7 --method pwd --method otp --xml');
  withCircumstances(command)
    .option('--xml', 'the token itself; it is good for nothing: signed with a throw-away key, for an audience that does not exist')
    .action((user: string, application: string, options: Circumstances & { readonly xml?: boolean }) =>
      cli.run(async (session) => {
        const preview = await previewFor(session, user, application, options);
        const { output } = session;
        if (output.json) output.result(previewView(preview), '');
        else if (options.xml === true && preview.token !== undefined) output.raw(`${preview.token.serialized}\n`);
        else output.result(undefined, previewText(preview));
        return preview.refusal === undefined ? undefined : EXIT.refused;
      }),
    );
}

export function registerExplain(command: Command, cli: Cli): void {
  withExamples(command, 'explain maria "Acme Expenses"', 'explain maria Wiki --claim role');
  withCircumstances(command)
    .option('--claim <name>', 'one claim: its type, its last part, or what it is called')
    .action((user: string, application: string, options: Circumstances & { readonly claim?: string }) =>
      cli.run(async (session) => {
        const preview = await previewFor(session, user, application, options);
        const explanation = explain(preview, options.claim);
        session.output.result({ ...about(preview), ...explanation, sets: preview.claims.sets }, explanationText(preview, explanation));
        return undefined;
      }),
    );
}

export function registerCompare(command: Command, cli: Cli): void {
  withExamples(command, 'compare token.xml --user maria --rp "Acme Expenses"', 'compare samlresponse.txt --user maria --rp Wiki --json')
    .argument('<file>', 'an assertion, a Response or a wresult, as XML or base64; nothing of it is verified')
    .requiredOption('--user <name>', 'whom the token is about')
    .requiredOption('--rp <application>', 'the application here, by identifier or name')
    .action((file: string, options: { readonly user: string; readonly rp: string }) =>
      cli.run(async (session) => {
        const theirs = readAssertion(await readText(file));
        const preview = await previewFor(session, options.user, options.rp, { tokenType: theirs.type });
        if (preview.token === undefined) throw preview.refusal ?? new SignetError('invalid_input', 'there would be no token to compare with');
        const differences = compareTokens(theirs, readAssertion(preview.token.serialized), preview);
        const found = differences.filter(({ result }) => result !== 'same');
        const ours = found.length === 0 ? 'Every claim is the same' : `${String(found.length)} of ${String(differences.length)} differ`;
        session.output.result(
          { ...about(preview), same: found.length === 0, differences },
          `${ours}: ${file} beside ${title(preview.record)} for ${preview.userName}\n\n${differenceTable(differences)}`,
        );
        return found.length === 0 ? undefined : EXIT.findings;
      }),
    );
}

function withCircumstances(command: Command): Command {
  return command
    .argument('<user>', 'user name or e-mail address')
    .argument('<application>', 'identifier or name')
    .option('--protocol <protocol>', 'saml or wsfed; the first that it speaks unless given')
    .option('--token-type <type>', 'saml11 or saml20')
    .option('--address <ip>', 'where the browser is')
    .option('--user-agent <text>', 'what the browser calls itself')
    .option('--method <amr>', 'how they signed in: pwd (unless given), otp, hwk, … (repeatable)', collect)
    .option('--at <time>', 'when, as an ISO time; now unless given')
    .option('--nameid-format <uri>', 'the name identifier format that the request asks for')
    .option('--rules <file>', 'transform rules or mappings to try instead of those in force');
}

async function previewFor(session: Session, user: string, application: string, options: Circumstances): Promise<Preview> {
  const { protocol, tokenType } = options;
  if (protocol !== undefined && protocol !== 'saml' && protocol !== 'wsfed') throw new WrongUse('--protocol is saml or wsfed.');
  if (tokenType !== undefined && tokenType !== 'saml11' && tokenType !== 'saml20') throw new WrongUse('--token-type is saml11 or saml20.');
  const rules = options.rules === undefined ? undefined : await readText(options.rules);
  const request: PreviewRequest = {
    user,
    application,
    methods: options.method ?? ['pwd'],
    ...(protocol === undefined ? {} : { protocol }),
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(options.address === undefined ? {} : { address: options.address }),
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    ...(options.at === undefined ? {} : { at: readTime(options.at) }),
    ...(options.nameidFormat === undefined ? {} : { nameIdFormat: options.nameidFormat }),
    ...(rules === undefined ? {} : { trying: tryRules(rules) }),
  };
  return makePreview(session, request);
}

function readTime(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new WrongUse('--at takes a time such as 2026-11-24T09:00:00Z.');
  return time;
}

function about({ userName, record, protocol, tokenType, refusal }: Preview): Readonly<Record<string, unknown>> {
  return {
    user: userName,
    relyingParty: record.metadata.entityId,
    protocol,
    tokenType,
    issued: refusal === undefined,
    refusal: refusal?.check === undefined ? null : { check: refusal.check.id, sentence: checkSentence(refusal.check.id, refusal.check) },
  };
}

function previewView(preview: Preview): Readonly<Record<string, unknown>> {
  const { token, claims } = preview;
  return {
    ...about(preview),
    nameIdentifier: token?.name ?? null,
    issuer: token?.issuer ?? null,
    claims: explain(preview).claims.map(({ claim, sent, values, sentence }) => ({ claim, sent, values, why: sentence })),
    released: claims.released,
    token: token?.serialized ?? null,
  };
}

function previewText(preview: Preview): string {
  const { token, record, userName, protocol, tokenType, refusal } = preview;
  const { refused, claims } = explain(preview);
  const facts = pairs([
    ['person', userName],
    ['application', title(record)],
    ['token', refusal === undefined ? `${tokenType} by ${protocol}` : `none: ${refused ?? refusal.message}`],
    ['name identifier', token === undefined ? undefined : `${token.name.value} (${token.name.format})`],
    ['issuer', token?.issuer],
  ]);
  const names = shortNames(claims.map(({ claim }) => claim));
  const rows = claims.map(({ claim, sent, values, reason }) => [names.get(claim) ?? claim, sent ? values.join(', ') : 'not sent', reason]);
  return `${facts}\n\n${rows.length === 0 ? 'No claims.' : wrappedTable(['claim', 'value', 'why'], rows, VALUE_WIDTH)}`;
}

const VALUE_WIDTH = 40;

/** What they are called, else the last part of their types; of two that would read the same, the types. */
function shortNames(types: readonly string[]): ReadonlyMap<string, string> {
  const shorten = (type: string): string => (displayNameOf(type) === type ? lastPart(type) || type : displayNameOf(type));
  const all = types.map(shorten);
  return new Map(types.map((type) => [type, all.filter((name) => name === shorten(type)).length > 1 ? type : shorten(type)]));
}

function explanationText({ userName, record }: Preview, { refused, reasons, advice, claims }: Explanation): string {
  const head = `${userName} at ${title(record)}`;
  const first = refused === undefined ? [] : ['', `There would be no token: ${refused}`, ...furtherLines(reasons, advice)];
  return [head, ...first, ...claims.flatMap(claimLines)].map(oneLine).join('\n');
}

function claimLines({ claim, sent, values, sentence, chain, advice }: ClaimExplanation): readonly string[] {
  const name = displayNameOf(claim);
  const result = sent ? values.map((value) => `"${value}"`).join(', ') : 'not sent';
  return ['', `${name === claim ? claim : `${name} (${claim})`}: ${result}`, `  ${sentence}`, ...furtherLines(chain, advice)];
}

function furtherLines(facts: readonly string[], advice: readonly string[]): readonly string[] {
  return [...facts.map((line) => `  - ${line}`), ...advice.map((line) => `  To change it: ${line}`)];
}

function differenceTable(differences: readonly Difference[]): string {
  return table(
    ['claim', 'result', 'in the file', 'here', 'why'],
    differences.map(({ claim, result, theirs, ours, why }) => [claim, result, theirs.join(', ') || '-', ours.join(', ') || '-', why ?? '']),
  );
}
