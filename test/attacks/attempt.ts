/** One attack through the routes, and everything that must be true of its refusal. */
import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import type { CheckId } from '../../src/core/checks/catalogue.js';
import { SignetError } from '../../src/core/errors.js';
import type { HttpReply } from '../../src/http/reply.js';
import { parseXml } from '../../src/xml/parse.js';
import { NS } from '../../src/xml/names.js';
import { attribute, child, type childElements } from '../../src/xml/read.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { findAnywhere } from '../support/decrypt.js';
import { authnRequest, isForm, redirectQuery, type TestIdp } from '../support/saml-idp.js';

/** P400: our own page, nothing for anybody else. SAMLERR: the status codes, sent to the registered address. */
export type Answer = 'page' | readonly string[];

type Element = ReturnType<typeof childElements>[number];

/** The status codes of a Response, outermost first, without their common prefix. */
export function statusOf(xml: string): readonly string[] {
  const codes: string[] = [];
  const status = findAnywhere(parseXml(xml), NS.samlp, 'Status');
  let at: Element | undefined = status === undefined ? undefined : child(status, NS.samlp, 'StatusCode');
  while (at !== undefined) {
    codes.push((attribute(at, 'Value') ?? '').split(':').at(-1) ?? '');
    at = child(at, NS.samlp, 'StatusCode');
  }
  return codes;
}

/** Puts octets, whatever they are, into the query of the redirect binding. */
export function byRedirect(idp: TestIdp, octets: Buffer | string): Promise<HttpReply> {
  return idp.get('/saml/sso', `SAMLRequest=${encodeURIComponent(deflateRawSync(octets).toString('base64'))}`);
}

/** Puts octets, whatever they are, into the form of the POST binding. */
export function byPost(idp: TestIdp, octets: Buffer | string): Promise<HttpReply> {
  return idp.post('/saml/sso', { SAMLRequest: Buffer.from(octets).toString('base64') });
}

/**
 * The answer is the one named in the list of threats, the record names the check, no token was made, it took less than a
 * second, and the untouched message still succeeds.
 * @param acs where an error may go
 */
export async function expectRefused(
  idp: TestIdp,
  attack: () => Promise<HttpReply>,
  expected: { readonly answer: Answer; readonly check: CheckId; readonly acs?: string; readonly control?: () => Promise<HttpReply> },
): Promise<void> {
  const [issued, refused] = [idp.issued.length, idp.refused.length];
  // Seconds of processor time: a busy machine must not make a test fail.
  const start = process.cpuUsage();
  const reply = await attack();
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;

  expect(idp.issued.length, 'tokens').to.equal(issued);
  expect(idp.refused.length, 'records').to.equal(refused + 1);
  const record = idp.refused.at(-1);
  expect(record?.check).to.equal(expected.check);
  expect(record?.outcome).to.equal('refused');
  expect(record?.code).to.not.be.oneOf(['internal', 'unavailable']);
  expectAnswer(idp, reply, expected.answer, expected.acs ?? 'https://app.example/acs');
  expect(seconds, 'seconds').to.be.below(1);

  const control = expected.control ?? (() => idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
  expect(statusOf(isForm(await control()).xml), 'the untouched message').to.deep.equal(['Success']);
}

function expectAnswer(idp: TestIdp, reply: HttpReply, answer: Answer, acs: string): void {
  if (answer === 'page') {
    expect(reply.kind).to.equal('page');
    expect(reply).to.not.have.nested.property('model.backTo');
    return;
  }
  // What the person reads first has the answer behind its button.
  const form = isForm(reply.kind === 'page' ? (reply.model['backTo'] as HttpReply) : reply);
  expect(form.action).to.equal(acs);
  expect(statusOf(form.xml)).to.deep.equal(answer);
  expect(form.xml).to.not.include('Assertion');
  verifyEnveloped(parseXml(form.xml), [idp.certificate]);
}

/** What a function throws, which must be one of ours. */
export function signetErrorOf(run: () => unknown): SignetError {
  try {
    run();
  } catch (error) {
    if (error instanceof SignetError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
