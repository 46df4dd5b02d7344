/** Applications by name: how they are found, what they are called, and that no two answer to one identifier (threats M01). */
import { SignetError } from '../core/errors.js';
import { identifiersOf, type RelyingPartyRecord } from '../core/model/relying-party.js';
import type { RelyingParties } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { show } from './setting-values.js';

const NAME_MATCHES = 20;

/** By identifier, or by name when exactly one application has it. Throws not_found. */
export async function findApplication(relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list'>, name: string): Promise<RelyingPartyRecord> {
  const exact = await relyingParties.findByEntityId(name);
  if (exact !== undefined) return exact;
  const similar = await relyingParties.list({ text: name }, { limit: NAME_MATCHES });
  const named = similar.filter((record) => nameOf(record).toLowerCase() === name.toLowerCase());
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const hint = similar
    .slice(0, 3)
    .map((record) => record.metadata.entityId)
    .join(', ');
  throw new SignetError('not_found', `${show(name)} is not an application here${hint === '' ? '' : `; there is ${hint}`}.`);
}

/** What people call the application. */
export function nameOf(record: RelyingPartyRecord): string {
  return record.overrides.name ?? record.metadata.displayName ?? record.metadata.entityId;
}

/**
 * Throws conflict when an identifier that the application is given is ours or belongs to another application.
 * @param before what is stored: its identifiers are its own already
 * @param ownNames our entity ID and issuer
 */
export async function refuseTakenNames(
  before: RelyingPartyRecord | undefined,
  record: RelyingPartyRecord,
  { relyingParties, ownNames }: { readonly relyingParties: Pick<RelyingParties, 'findByEntityId'>; readonly ownNames: readonly string[] },
): Promise<void> {
  const held = before === undefined ? [] : identifiersOf(before);
  for (const name of identifiersOf(record).filter((identifier) => !held.includes(identifier))) {
    if (ownNames.includes(name)) throw new SignetError('conflict', `${name} is a name of this Signet; an application needs one of its own.`);
    const owner = await relyingParties.findByEntityId(name);
    if (owner !== undefined && owner.id !== record.id) throw new SignetError('conflict', takenBy(name, record, owner));
  }
}

function takenBy(name: string, record: RelyingPartyRecord, owner: RelyingPartyRecord): string {
  const theirs = owner.metadata.entityId;
  if (name !== record.metadata.entityId) return `The identifier ${name} belongs to ${theirs} already.`;
  if (name !== theirs) return `${name} is registered already, as an identifier of ${theirs}.`;
  return record.source.kind === 'hand'
    ? `${name} is registered already. To change it, use: signet rp set ${shellWord(name)}`
    : `${name} is registered already. To read new metadata into it, use: signet rp refresh ${shellWord(name)}`;
}
