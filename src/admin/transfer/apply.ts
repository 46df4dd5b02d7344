/** Files of configuration put in force: all of them or nothing, in one transaction (reliability.md). */
import { SignetError } from '../../core/errors.js';
import type { Configuration } from '../../core/ports.js';
import { changeBy, type Doing } from '../doing.js';
import { type Plan, planConfiguration, type PlanOptions, type PlanParts } from './plan.js';
import { type ConfigurationFile, readConfiguration } from './read-configuration.js';

export interface ApplyParts extends PlanParts {
  readonly configuration: Configuration;
}

export interface ApplyOptions extends PlanOptions {
  /** Files without any application may prune: then every application with the label goes. */
  readonly pruneAll?: boolean;
}

/**
 * Makes of the installation what the files describe; what they do not name stays as it is. Throws invalid_input with file,
 * line and column, conflict when an identifier is taken or somebody changed something meanwhile: then nothing is written.
 */
export async function applyConfiguration(parts: ApplyParts, files: readonly ConfigurationFile[], options: ApplyOptions, doing: Doing): Promise<Plan> {
  const described = readConfiguration(files);
  const { prune } = options;
  if (prune !== undefined && described.applications.length === 0 && options.pruneAll !== true) {
    throw new SignetError(
      'invalid_input',
      `The files describe no application, so every one with the label ${prune} would be removed; if that is meant, add --yes.`,
    );
  }
  const plan = await planConfiguration(described, parts, options);
  if (doing.dryRun !== true && plan.objects.length > 0) await parts.configuration.apply(plan.writes, changeBy(doing, 'apply configuration'));
  return plan;
}
