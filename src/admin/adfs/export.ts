/** What a file that AD FS exported holds, whichever form it came in: trusts as AD FS names their properties. */

/**
 * A property as exported. Certificates and byte strings are base64, times milliseconds since 1970, addresses text;
 * enumerations are text, and a number only where no document says which text it stands for. A certificate that an export
 * cut short is the text it left, which starts with "[Subject]".
 */
export type AdfsValue = string | number | boolean | null | readonly AdfsValue[] | AdfsObject;

export interface AdfsObject {
  readonly [name: string]: AdfsValue;
}

/** One trust. */
export interface AdfsTrust {
  readonly kind: 'relying-party' | 'claims-provider';
  /** The file it stands in, inside an archive with the archive's name before it: 'ADFSApps.zip/RPT - Slack.xml'. */
  readonly file: string;
  /** By AD FS's own names, in its own letter case: 'Identifier', 'IssuanceTransformRules'. */
  readonly properties: AdfsObject;
  /** Rule sets whose typographic quotes were made straight, by property, as they were: '@RuleName = “Mail”'. */
  readonly originals?: Readonly<Record<string, string>>;
}

/** A text of claim rules without a trust around it. */
export interface AdfsRules {
  readonly file: string;
  /** The property it is a value of, where the file says so: 'IssuanceTransformRules'. */
  readonly property?: string;
  readonly text: string;
  /** As it was, where typographic quotes were made straight in `text`. */
  readonly original?: string;
}

export interface AdfsExport {
  readonly trusts: readonly AdfsTrust[];
  readonly rules: readonly AdfsRules[];
  /** Things worth knowing that refuse nothing, one sentence each: typographic quotes, files that hold nothing of AD FS. */
  readonly notes: readonly string[];
}
