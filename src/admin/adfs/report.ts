/** Findings about one trust, gathered while it is read. */
import type { Finding } from '../../core/model/finding.js';
import type { Grade } from './conversion.js';

/** A finding without its place; a text for the other side only where there is something they can do. */
export type Remark = Omit<Finding, 'place' | 'textForThem'> & { readonly textForThem?: string };

export interface Report {
  /** @param property of AD FS that it is about */
  add(property: string, remark: Remark): void;
  /** The most serious first. */
  findings(): readonly Finding[];
  grade(): Grade;
}

const ORDER: readonly Finding['level'][] = ['stop', 'warn', 'tip'];
const GRADES: Readonly<Record<Finding['level'], Grade>> = { stop: 'cannot', warn: 'look', tip: 'ready' };

/** @param file that the trust stands in */
export function createReport(file: string): Report {
  const found: Finding[] = [];
  const sorted = (): readonly Finding[] => ORDER.flatMap((level) => found.filter((finding) => finding.level === level));
  return {
    add: (property, { textForThem = '', ...remark }) => found.push({ ...remark, place: `${file}: ${property}`, textForThem }),
    findings: sorted,
    grade: () => {
      const [first] = sorted();
      return first === undefined ? 'ready' : GRADES[first.level];
    },
  };
}
