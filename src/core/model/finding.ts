/** What a check of a file found: metadata that is read, trusts that are taken over. */

export interface Finding {
  /** Stable: 'metadata.reply-missing'. */
  readonly id: string;
  /** `stop`: it cannot be used so. `warn`: it works and will hurt. `tip`: it could be better. */
  readonly level: 'stop' | 'warn' | 'tip';
  /** Where, as a path of elements with the line: 'SPSSODescriptor/AssertionConsumerService[2], line 14'. */
  readonly place: string;
  /** What it is, quoting the value. */
  readonly sentence: string;
  /** What follows from it. */
  readonly why: string;
  /** What the administrator does. */
  readonly fix: string;
  /** What can be sent to the other side as it is. */
  readonly textForThem: string;
}
