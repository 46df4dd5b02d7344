/** What administrators do with the access policy of an application (adfs.md 9). */
import type { RelyingPartyOverrides, RelyingPartyRecord } from '../core/model/relying-party.js';
import type { AccessPolicy } from '../core/model/condition.js';
import type { Clock, RelyingParties } from '../core/ports.js';
import { policyByName, readAccessPolicy } from './access-policies.js';
import { changeBy, type Doing } from './doing.js';
import { findApplication } from './relying-party-names.js';

export interface PolicyChange {
  readonly record: RelyingPartyRecord;
  readonly changed: boolean;
}

export interface PolicyAdmin {
  find(application: string): Promise<RelyingPartyRecord>;
  /** A built-in policy by name. Throws invalid_input for an unknown one, or groups that do not fit it. */
  setBuiltIn(application: string, name: string, groups: readonly string[], doing: Doing): Promise<PolicyChange>;
  /** A policy as JSON. Throws invalid_input with a sentence. */
  set(application: string, text: string, doing: Doing): Promise<PolicyChange>;
  clear(application: string, doing: Doing): Promise<PolicyChange>;
}

/** Use cases over the registry. */
export function createPolicyAdmin(parts: {
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list' | 'save'>;
  readonly clock: Clock;
}): PolicyAdmin {
  const { relyingParties, clock } = parts;

  const save = async (application: string, policy: AccessPolicy | undefined, doing: Doing): Promise<PolicyChange> => {
    const before = await findApplication(relyingParties, application);
    const { accessPolicy, ...others } = before.overrides;
    if (JSON.stringify(accessPolicy) === JSON.stringify(policy)) return { record: before, changed: false };
    const overrides: RelyingPartyOverrides = policy === undefined ? others : { ...others, accessPolicy: policy };
    const after = { ...before, overrides, updatedAt: clock.now() };
    return { record: doing.dryRun === true ? after : await relyingParties.save(after, changeBy(doing, 'set access policy')), changed: true };
  };

  return {
    find: (application) => findApplication(relyingParties, application),
    setBuiltIn: (application, name, groups, doing) => save(application, policyByName(name, { groups }), doing),
    set: (application, text, doing) => save(application, readAccessPolicy(text), doing),
    clear: (application, doing) => save(application, undefined, doing),
  };
}
