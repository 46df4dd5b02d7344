/** Many changes of the configuration in one transaction: a file of configuration, or trusts that are taken over, go in whole or not at all. */
import type { Configuration, RelyingParties } from '../../core/ports.js';
import { SignetError } from '../../core/errors.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database } from './database.js';
import { missing, planRelyingPartyChanges } from './relying-party-writes.js';
import { planReplacement } from './settings.js';

/** The parts it writes to. */
export interface ConfigurationStoreParts {
  readonly database: Database;
  readonly write: WriteConfiguration;
  readonly relyingParties: Pick<RelyingParties, 'findById' | 'findByEntityId'>;
}

/** Puts changes together. */
export function createConfiguration({ database, write, relyingParties }: ConfigurationStoreParts): Configuration {
  return {
    apply: async ({ insert = [], save = [], remove = [], settings = [] }, change) => {
      const saves = await Promise.all(
        save.map(async (record) => {
          const before = await relyingParties.findById(record.id);
          if (before === undefined) throw missing(record.id);
          return { before, record };
        }),
      );
      const parties = planRelyingPartyChanges(database, { insert, save: saves, remove }, change, relyingParties.findByEntityId);
      const replaced = settings.map((setting) => planReplacement(database, setting));
      const audits = (): ReturnType<typeof parties.audits> => [parties, ...replaced].flatMap((part) => part.audits());
      if (audits().length === 0) throw new SignetError('invalid_input', 'there is nothing to change');
      await write({ change, steps: [parties, ...replaced].flatMap((part) => part.steps), audits, taken: parties.taken });
    },
  };
}
