/** Every finding about metadata there is: what follows from it, and what each side does (docs/metadata-lint.md lists them). */
import { STOP } from './stop.js';
import { TIP } from './tip.js';
import { WARN } from './warn.js';

export const FINDINGS = { ...STOP, ...WARN, ...TIP } as const;

export type FindingId = keyof typeof FINDINGS;
