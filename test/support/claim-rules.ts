/** Rule sets in AD FS's claim rule language as administrators keep them: test/fixtures/claim-rules. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../test/fixtures/claim-rules/', import.meta.url);

/** By name, without .txt. */
export const CLAIM_RULES: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .sort()
    .map((file) => [file.replace(/\.txt$/u, ''), readFileSync(new URL(file, FOLDER), 'utf8')]),
);
