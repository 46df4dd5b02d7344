/** Stored settings in memory, with what the audit would keep. */
import { SignetError } from '../../src/core/errors.js';
import type { StoredSettings } from '../../src/core/ports.js';

export interface MemorySettings extends StoredSettings {
  readonly values: Map<string, string>;
  readonly audits: { readonly before: string | undefined; readonly after: string }[];
}

export function memorySettings(): MemorySettings {
  const values = new Map<string, string>();
  const audits: MemorySettings['audits'] = [];
  return {
    values,
    audits,
    get: async (name) => {
      await Promise.resolve();
      return values.get(name);
    },
    set: async (name, value) => {
      await Promise.resolve();
      audits.push({ before: values.get(name), after: value });
      values.set(name, value);
    },
    replace: async (name, { before, after }, _change, shown) => {
      await Promise.resolve();
      if (values.get(name) !== before) throw new SignetError('conflict', `the setting ${name} was changed by somebody else meanwhile`);
      audits.push({ before: before === undefined ? undefined : shown(before), after: shown(after) });
      values.set(name, after);
    },
  };
}
