/** What one check saw. The same record feeds page, log, metric label, API problem and command line. */
export interface CheckRecord {
  /** An entry of the catalogue: 'request.destination'. */
  readonly id: string;
  readonly result: 'passed' | 'failed' | 'noted';
  readonly observed?: string;
  readonly expected?: string;
}
