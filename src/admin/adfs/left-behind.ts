/** Properties of AD FS that nothing here takes over, each with the reason. */

const OAUTH = "AD FS's OAuth clients are not in this version";
const STATE = 'what AD FS noted about its own work; Signet keeps a history of its own';
const REVOCATION = 'keys are trusted by themselves here: nobody is asked whether a certificate was revoked';
const PROXY = 'what is reached from outside is decided by the network in front of Signet';
const FORESTS = 'which name people sign in by is a matter of the directory here: signet directory show local';
const PROMPT = 'how a request for a new sign-in is worded; people cannot sign in through partners yet';
const SHELL = 'where the export ran';

const REASONS: Readonly<Record<string, string>> = {
  encryptioncertificaterevocationcheck: REVOCATION,
  signingcertificaterevocationcheck: REVOCATION,
  claimsaccepted: 'the rules decide what is sent; a list of what the application would take decides nothing',
  claimsoffered: 'the acceptance rules decide what counts; a list of what the partner could send decides nothing',
  organizationinfo: 'a description that metadata brings along when it is read again',
  objectidentifier: 'the number of the trust inside AD FS',
  publishedthroughproxy: PROXY,
  proxyendpointmappings: PROXY,
  proxytrustedendpoints: PROXY,
  allowedclienttypes: OAUTH,
  issueoauthrefreshtokensto: OAUTH,
  refreshtokenprotectionenabled: OAUTH,
  lastpublishedpolicychecksuccessful: STATE,
  lastupdatetime: STATE,
  lastmonitoredtime: STATE,
  conflictwithpublishedpolicy: STATE,
  scopegroupid: 'the place of the trust inside AD FS',
  authoritygroupid: 'the place of the trust inside AD FS',
  identifiertype: 'how AD FS files the trust',
  identities: 'how AD FS files the trust',
  lookupforests: FORESTS,
  alternateloginid: FORESTS,
  promptloginfederation: PROMPT,
  promptloginfallbackauthenticationtype: PROMPT,
  custommfauri: 'the address at which AD FS asks the partner for a second factor',
  resultantpolicy: 'the access control policy, written out; the policy itself was taken',
  pscomputername: SHELL,
  psshowcomputername: SHELL,
  runspaceid: SHELL,
};

/** Why a property is left behind that the conversion does not read; undefined for one that Signet does not know. */
export function reasonFor(name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(REASONS, key) ? REASONS[key] : undefined;
}
