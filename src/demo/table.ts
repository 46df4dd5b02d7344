/** What the demo prints: what to open, who signs in, what to try. */
import { ACME_ENTITY_ID } from './acme/service-provider.js';
import { DEMO_PASSWORD, PEOPLE } from './people.js';
import type { RunningDemo } from './start.js';
import { WIKI_REALM } from './wiki/requests.js';

/** The table for people. */
export function describeDemo(demo: RunningDemo): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Acme Expenses, SAML', demo.acmeUrl],
    ['Northwind Wiki, WS-Federation', demo.wikiUrl],
    ['Signet', demo.signetUrl],
  ];
  const people = PEOPLE.map((person): readonly [string, string] => [person.userName, `${person.displayName}, ${person.note}`]);
  return `
Signet demo: everything in it is made up, and it listens on this machine only.

Open
${table(rows)}

Sign in; the password is "${DEMO_PASSWORD}" for everybody
${table(people)}

Try
  1. Open Acme Expenses, sign in as maria, and read what Acme was told and what it verified.
  2. Open the Wiki: you are in without being asked. It is another protocol, in another process, and checks with nothing of Signet's.
     A page of it, in a private window, brings you back to itself: ${demo.wikiUrl}/wiki/travel
  3. Sign out at either: you are signed out of both, and of Signet.
  4. Press a button under "Break something", copy the reference, and look it up; then see who signed in where:
       npx signet trace SGN-XXXX-XXXX --data ${demo.data}
       npx signet log --data ${demo.data}
  5. Let only Finance in; then maria is refused at Acme, and tom is not:
       npx signet rp set ${ACME_ENTITY_ID} groups=Finance --data ${demo.data}
  6. Give the Wiki SAML 2.0 tokens instead of SAML 1.1; a running node sees it within 2 seconds:
       npx signet rp set ${WIKI_REALM} token-type=saml20 --data ${demo.data}
  7. Ask why: the Wiki has rules in AD FS's language, and tom may approve there while maria only reads.
       npx signet rp rules ${WIKI_REALM} --data ${demo.data}
       npx signet preview tom ${WIKI_REALM} --data ${demo.data}
       npx signet explain maria ${WIKI_REALM} --claim role --data ${demo.data}
  8. Bring trusts over from AD FS: one is ready, one wants a look, one cannot come; --apply takes the first.
       npx signet import adfs metadata/samples/adfs-trusts.xml --data ${demo.data}

Log: ${demo.logFile}
Ctrl+C ends the demo.
`;
}

/** The same as one line of JSON. */
export function describeDemoAsJson(demo: RunningDemo): string {
  const people = PEOPLE.map((person) => ({
    userName: person.userName,
    password: DEMO_PASSWORD,
    displayName: person.displayName,
    note: person.note,
    enabled: person.disabled !== true,
  }));
  return `${JSON.stringify({
    signet: {
      url: demo.signetUrl,
      metadata: `${demo.signetUrl}/saml/metadata`,
      federationMetadata: `${demo.signetUrl}/FederationMetadata/2007-06/FederationMetadata.xml`,
    },
    acme: { url: demo.acmeUrl, entityId: ACME_ENTITY_ID },
    wiki: { url: demo.wikiUrl, realm: WIKI_REALM },
    people,
    data: demo.data,
    log: demo.logFile,
  })}\n`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
