/** Access control policies as AD FS 2016 and later keep them: by name, with their XML and their parameters. */
import type { AdfsObject } from '../../src/admin/adfs/export.js';

export interface AdfsPolicy {
  readonly AccessControlPolicyName: string;
  readonly AccessControlPolicyParameters: AdfsObject | null;
  readonly ResultantPolicy: AdfsObject;
}

const ALWAYS = condition('AlwaysCondition', 'IsPresent');
const SECOND_FACTOR = condition('MultiFactorAuthenticationCondition', 'IsPresent');
const INTRANET = condition('LocationCondition', 'Equals', 'intranet');
const EXTRANET = condition('LocationCondition', 'Equals', 'extranet');

export const permitEveryone = policy('Permit everyone', rule(ALWAYS));
export const requireSecondFactor = policy('Permit everyone and require MFA', rule(SECOND_FACTOR));
export const secondFactorOutside = policy('Permit everyone and require MFA from extranet access', rule(INTRANET), rule(EXTRANET, SECOND_FACTOR));
export const intranetOnly = policy('Permit everyone for intranet access', rule(INTRANET));
export const addressRanges = policy('Offices and VPN only', rule(condition('LocationCondition', 'Equals', '10.20.0.1-10.20.5.250', '192.0.2.0/24')));

/** Bound per trust by the groups it takes: by name in the parameters, by SID in what becomes of them. */
export const permitGroups: AdfsPolicy = {
  ...policy(
    'Permit specific group',
    rule(claimCondition('http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid', 'S-1-5-21-1-2-3-1105', 'S-1-5-21-1-2-3-1106')),
  ),
  AccessControlPolicyParameters: { GroupParameter: ['CORP\\Buyers', 'CORP\\Sales'] },
};

/** A policy of one's own, bound by a claim type, an operator and values. */
export const ownPolicy: AdfsPolicy = {
  ...policy('Finance with a second factor', rule(claimCondition('http://schemas.microsoft.com/ws/2008/06/identity/claims/role', 'Finance'), SECOND_FACTOR)),
  AccessControlPolicyParameters: { ClaimType: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', Operator: 'Equals', Values: ['Finance'] },
};

function condition(type: string, operator: string, ...values: readonly string[]): string {
  const list = values.length === 0 ? '<Values />' : ['<Values>', ...values.map((value) => `  <Value>${value}</Value>`), '</Values>'].join('\r\n          ');
  return `<Condition i:type="${type}">\r\n          <Operator>${operator}</Operator>\r\n          ${list}\r\n        </Condition>`;
}

function claimCondition(claimType: string, ...values: readonly string[]): string {
  return condition('SpecificClaimCondition', 'Equals', ...values).replace('<Operator>', `<ClaimType>${claimType}</ClaimType>\r\n          <Operator>`);
}

function rule(...conditions: readonly string[]): string {
  return `    <Rule>\r\n      <Conditions>\r\n        ${conditions.join('\r\n        ')}\r\n      </Conditions>\r\n    </Rule>\r\n`;
}

function policy(name: string, ...rules: readonly string[]): AdfsPolicy {
  const head = '<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">';
  return {
    AccessControlPolicyName: name,
    AccessControlPolicyParameters: null,
    ResultantPolicy: {
      IsParameterized: false,
      Serialized: `${head}\r\n  <RequireFreshAuthentication>false</RequireFreshAuthentication>\r\n  <IssuanceAuthorizationRules>\r\n${rules.join('')}  </IssuanceAuthorizationRules>\r\n</PolicyMetadata>`,
      Summary: `RequireFreshAuthentication:False\nIssuanceAuthorizationRules:\n{\r\n  ${name}\r\n}`,
      ExtensionData: {},
    },
  };
}
