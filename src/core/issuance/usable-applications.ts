/** The applications a person may use from where they are: what the launcher shows. */
import type { Trace } from '../checks/trace.js';
import type { MakeInput } from '../claims/input.js';
import { SignetError } from '../errors.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { RequestContext } from '../model/request-context.js';
import type { Subject } from '../model/subject.js';
import type { RelyingPartyLookup } from '../ports.js';
import { mayUse } from './access-policy.js';

export interface UsableParts {
  readonly relyingParties: Pick<RelyingPartyLookup, 'enabled'>;
  readonly makeInput: MakeInput;
  readonly context: (clientAddress: string) => RequestContext;
}

export type UsableBy = (subject: Subject, clientAddress: string, trace: Trace) => Promise<readonly RelyingParty[]>;

/** By name. An application whose rules cannot be carried out is shown: its sign-on says why. */
export function createUsableBy(parts: UsableParts): UsableBy {
  return async (subject, clientAddress, trace) => {
    const context = parts.context(clientAddress);
    const usable: RelyingParty[] = [];
    for (const relyingParty of await parts.relyingParties.enabled()) {
      if (await isShown(relyingParty, parts.makeInput({ subject, relyingParty, context, trace }), trace)) usable.push(relyingParty);
    }
    return usable;
  };
}

async function isShown(...asked: Parameters<typeof mayUse>): Promise<boolean> {
  try {
    return await mayUse(...asked);
  } catch (error) {
    if (error instanceof SignetError && error.check?.id === 'claims.rules') return true;
    throw error;
  }
}
