/** Exports in JSON: what ConvertTo-Json makes of trusts, and the diagnostics file of Microsoft's AD FS toolbox. */
import { SignetError } from '../../core/errors.js';
import { readJson } from '../json-text.js';
import { isList, isObject } from './canonical.js';
import type { CliObject } from './clixml.js';
import type { AdfsValue } from './export.js';

const RELYING_PARTY = ['Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust'];

/** The objects of a text, and whether they come from diagnostics. Throws invalid_input. @param longest characters */
export function readJsonExport(file: string, text: string, longest: number): { readonly objects: readonly CliObject[]; readonly diagnostics: boolean } {
  const value = parse(file, text, longest);
  const diagnosed = diagnosedTrusts(value);
  if (diagnosed !== undefined) return { objects: listOf(diagnosed).map((trust) => ({ types: RELYING_PARTY, value: trust })), diagnostics: true };
  return { objects: listOf(value).map((object) => ({ types: [], value: object })), diagnostics: false };
}

function parse(file: string, text: string, longest: number): AdfsValue {
  try {
    return readJson(text, longest) as AdfsValue;
  } catch (error) {
    throw error instanceof SignetError ? new SignetError('invalid_input', `${file}: ${error.message}`) : error;
  }
}

/** Export-AdfsDiagnosticsFile puts the relying parties at ADFSToolbox, Adfs-Configuration, AdfsRelyingPartyTrust; null without any. */
function diagnosedTrusts(value: AdfsValue): AdfsValue | undefined {
  const toolbox = isObject(value) ? value['ADFSToolbox'] : undefined;
  const configuration = isObject(toolbox) ? toolbox['Adfs-Configuration'] : undefined;
  return isObject(configuration) ? configuration['AdfsRelyingPartyTrust'] : undefined;
}

/** A list, one object as a list of one, and what PowerShell 5 wraps a list in. */
function listOf(value: AdfsValue): readonly AdfsValue[] {
  if (isList(value)) return value;
  return isObject(value) && isList(value['value']) ? value['value'] : [value];
}
