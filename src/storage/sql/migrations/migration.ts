/** One step of the schema. Expand first, contract a release later, so that the version before runs on this schema. */
export interface Migration {
  readonly level: number;
  readonly name: string;
  /** The lowest level an application must know to work on the schema after this migration. */
  readonly minApp: number;
  readonly statements: (kind: 'sqlite' | 'postgres') => readonly string[];
}
