/** The ordered list of migrations. */
import { initial } from './0001-initial.js';
import { identifiers } from './0002-identifiers.js';
import { metadataHistory } from './0003-metadata-history.js';
import type { Migration } from './migration.js';

export const MIGRATIONS: readonly Migration[] = [initial, identifiers, metadataHistory];
