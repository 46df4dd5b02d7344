/** Where tokens go, as metadata says: what may not be used is reported, and what may and is odd as well (threats I01, I02). */
import { addressProblem, isLoopback } from '../../../core/model/reply-address.js';
import type { XmlElement } from '../../../xml/parse.js';
import { quote, type Report } from './report.js';
import type { RoleContext } from './role.js';

export interface Address {
  readonly element: XmlElement;
  readonly url: string;
}

interface Asked {
  /** The role they stand in. */
  readonly role: XmlElement;
  /** Names one in sentences. */
  readonly what: string;
}

/** The addresses that tokens may go to, with whatever is to be said about them and about the others. */
export function readUsable<T extends Address>(addresses: readonly T[], { role, what }: Asked, context: RoleContext): readonly T[] {
  const { report, allowHttp } = context;
  const judged = addresses.map((address) => ({ address, problem: addressProblem(address.url, { allowHttp }) }));
  for (const { address, problem } of judged) {
    if (problem === undefined) continue;
    const fix = `Ask the application to correct it: ${problem.fix}.`;
    if (problem.kind === 'wildcard') report('metadata.reply-wildcard', address.element, `${what}: ${problem.what}.`);
    else report('metadata.reply-unusable', address.element, `${what}: ${problem.what}.`, { fix });
  }
  const usable = judged.filter(({ problem }) => problem === undefined).map(({ address }) => address);
  // Of what is stopped already nothing more need be said.
  if (judged.every(({ problem }) => problem?.kind === 'wildcard')) report('metadata.reply-missing', role, `There is no ${what} that can be used.`);
  lintAddresses(usable, what, report);
  return usable;
}

/** What is odd about addresses that may be used. */
function lintAddresses(addresses: readonly Address[], what: string, report: Report): void {
  const hosts = addresses.map(({ element, url }) => ({ element, url, parsed: new URL(url) }));
  for (const { element, url, parsed } of hosts) {
    if (isLoopback(parsed.hostname)) report('metadata.reply-localhost', element, `${what} ${quote(url)} is on the machine of whoever opens it.`);
    else if (parsed.protocol === 'http:') report('metadata.reply-http', element, `${what} ${quote(url)} uses http.`);
  }
  const elsewhere = hosts.filter(({ parsed }) => !isLoopback(parsed.hostname));
  const home = mostFrequent(elsewhere.map(({ parsed }) => siteOf(parsed.hostname)));
  for (const { element, parsed } of elsewhere) {
    if (siteOf(parsed.hostname) === home) continue;
    report('metadata.reply-host', element, `${what} leads to ${quote(parsed.host)}, unlike the others, which lead to ${quote(home)}.`);
  }
}

/** The last two labels of a name: enough to tell companies apart in most of the world. */
function siteOf(hostname: string): string {
  return /^[\d.]+$|^\[/u.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
}

/** The first of those that stand most often. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return values.find((value) => counts.get(value) === most) ?? '';
}
