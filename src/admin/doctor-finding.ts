/** What `signet doctor` says of one thing that is wrong. */
export interface Finding {
  /** A stable name for scripts: 'key.certificate-ends'. */
  readonly id: string;
  readonly level: 'problem' | 'warning';
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  readonly fix: string;
}
