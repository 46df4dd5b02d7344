/** What the demo prints: what to open, who signs in, what to try. */
import { ACME_ENTITY_ID } from './acme/service-provider.js';
import { DEMO_PASSWORD, PEOPLE } from './people.js';
import type { RunningDemo } from './start.js';

/** The table for people. */
export function describeDemo(demo: RunningDemo): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Acme Expenses', demo.acmeUrl],
    ['Signet', demo.signetUrl],
    ['Signet, metadata', `${demo.signetUrl}/saml/metadata`],
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
  2. Open ${demo.acmeUrl}/expenses/1042 in a private window: you end on that page after signing in.
  3. Press a button under "Break something", copy the reference, and look it up:
       npx signet trace SGN-XXXX-XXXX --data ${demo.data}
  4. See who signed in where:
       npx signet log --data ${demo.data}
  5. Let only Finance in; then maria is refused, and tom is not:
       npx signet rp set ${ACME_ENTITY_ID} groups=Finance --data ${demo.data}
  6. Switch the application off and on again; a running node sees it within 2 seconds:
       npx signet rp disable ${ACME_ENTITY_ID} --data ${demo.data}
       npx signet rp enable ${ACME_ENTITY_ID} --data ${demo.data}

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
    signet: { url: demo.signetUrl, metadata: `${demo.signetUrl}/saml/metadata` },
    acme: { url: demo.acmeUrl, entityId: ACME_ENTITY_ID },
    people,
    data: demo.data,
    log: demo.logFile,
  })}\n`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
