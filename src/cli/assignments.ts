/** KEY=VALUE arguments of `set` commands. */
import { type Assignment, readAssignment } from '../admin/setting-values.js';
import { SignetError } from '../core/errors.js';
import { WrongUse } from './output.js';

/** Throws WrongUse for an argument that is none. */
export function readAssignments(texts: readonly string[]): readonly Assignment[] {
  return texts.map((text) => {
    try {
      return readAssignment(text);
    } catch (error) {
      throw error instanceof SignetError ? new WrongUse(error.message) : error;
    }
  });
}
