/** Applications of other makes, in a process of their own: they share nothing with Signet but what goes over the wire. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Shown } from './browser.js';
import type { AddMessage, Told } from './service-provider/process.js';
import type { PartyPlan, Profile } from './service-provider/toolkit.js';

export type { PartyPlan, Profile } from './service-provider/toolkit.js';

export interface Application {
  readonly name: string;
  readonly entityId: string;
  readonly acs: string;
  readonly metadata: string;
  readonly slo: string;
  /** Where a person signs out, of an application that can. */
  readonly logoutUrl: string;
  /** The sessions it has, by SessionIndex. */
  sessions(): Promise<readonly string[]>;
  /** Where a person starts. */
  loginUrl(wish?: { readonly relay?: string; readonly force?: boolean; readonly passive?: boolean }): string;
}

export interface Applications {
  readonly origin: string;
  add(plan: PartyPlan): Promise<Application>;
  end(): void;
}

/** What an application says about an answer. */
export interface Verdict {
  readonly status: number;
  readonly profile: Profile | undefined;
  readonly error: string | undefined;
  readonly relayState: string | undefined;
  /** Against the published schemas. */
  readonly problems: readonly string[];
  readonly xml: string;
}

/** Starts the process. */
export async function startApplications(): Promise<Applications> {
  const child = fork(fileURLToPath(new URL('service-provider/process.js', import.meta.url)), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const waiting: { resolve: (told: Told) => void; reject: (error: Error) => void }[] = [];
  child.on('message', (value) => {
    const told = value as Told;
    const next = waiting.shift();
    if ('problem' in told) next?.reject(new Error(told.problem));
    else next?.resolve(told);
  });
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the applications ended'));
  });
  const told = (): Promise<Told> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  const first = await told();
  const origin = 'origin' in first ? first.origin : '';
  return {
    origin,
    add: async (plan) => {
      const answer = told();
      child.send({ add: plan } satisfies AddMessage);
      const message = await answer;
      const base = `${origin}/${plan.name}`;
      return {
        name: plan.name,
        entityId: `${base}/metadata`,
        acs: `${base}/acs`,
        metadata: 'metadata' in message ? message.metadata : '',
        slo: `${base}/slo`,
        logoutUrl: `${base}/logout`,
        sessions: async () => ((await (await fetch(`${base}/sessions`)).json()) as { readonly sessions: readonly string[] }).sessions,
        loginUrl: ({ relay, force, passive } = {}) => {
          const query = new URLSearchParams({
            ...(relay === undefined ? {} : { relay }),
            ...(force === true ? { force: '1' } : {}),
            ...(passive === true ? { passive: '1' } : {}),
          });
          return `${base}/login?${query.toString()}`;
        },
      };
    },
    end: () => {
      child.kill();
    },
  };
}

/** What the application shows after an answer came in. */
export function readVerdict(page: Shown): Verdict {
  let told: Partial<Verdict>;
  try {
    told = JSON.parse(page.body) as Partial<Verdict>;
  } catch {
    throw new Error(`not an application's answer: ${String(page.status)} ${page.url.href} ${page.text.slice(0, 300)}`);
  }
  return { status: page.status, profile: told.profile, error: told.error, relayState: told.relayState, problems: told.problems ?? [], xml: told.xml ?? '' };
}
