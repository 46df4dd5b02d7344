/** What a file that AD FS exported holds, whichever form it came in: trusts as AD FS names their properties. */

/** A property as exported. Enumerations are text or number, certificates and byte strings base64, times milliseconds since 1970. */
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
}

/** A text of claim rules without a trust around it. */
export interface AdfsRules {
  readonly file: string;
  readonly text: string;
}

export interface AdfsExport {
  readonly trusts: readonly AdfsTrust[];
  readonly rules: readonly AdfsRules[];
  /** Things worth knowing that refuse nothing, one sentence each: typographic quotes, files that hold nothing of AD FS. */
  readonly notes: readonly string[];
}
