/** The store _PasswordExpiryStore: when the password ends, in how many days, and where to change it. */
import type { AskedQuestion, BuiltInStore, StoreProblem } from '../core/claims/attribute-store.js';
import { SignetError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';

const NAME = '_PasswordExpiryStore';
const COLUMNS = 3;
const DAY_MS = 86_400_000;
/** AD FS tells about passwords that end within two weeks, and of no others. */
const TOLD_BEFORE_DAYS = 14;

/**
 * One row of three: the moment (ISO 8601), whole days left, and the address. None while the password does not end, or not within
 * 14 days. The parameter of the rule, the passwordexpirationtime claim, is not looked at: the answer is about whoever signs on.
 */
export function createPasswordExpiryStore(parts: { readonly clock: Pick<Clock, 'now'>; readonly changeUrl: string }): BuiltInStore {
  return {
    name: NAME,
    check,
    store: {
      ask: (question) => {
        const problem = check({ ...question, params: question.params.length });
        if (problem !== undefined) return Promise.reject(new SignetError('invalid_input', problem.sentence));
        const { passwordExpiresAt } = question.about.person;
        if (passwordExpiresAt === undefined) return Promise.resolve([]);
        const days = Math.max(0, Math.floor((passwordExpiresAt - parts.clock.now()) / DAY_MS));
        if (days >= TOLD_BEFORE_DAYS) return Promise.resolve([]);
        return Promise.resolve([[new Date(passwordExpiresAt).toISOString(), String(days), parts.changeUrl]]);
      },
    },
  };
}

function check({ columns }: AskedQuestion): StoreProblem | undefined {
  if (columns === COLUMNS) return undefined;
  return { level: 'error', sentence: `${NAME} fills three types: passwordexpirationtime, passwordexpirationdays and passwordchangeurl` };
}
