/** Response and what is built like it (SAML Core 3.2.2, 3.3.3), written in exclusive canonical form so that what is digested is what is sent. */
import type { Instant } from '../../../core/model/ids.js';
import { NS } from '../../../xml/names.js';
import { element, escapeText, startTag } from '../../../xml/write.js';
import { type Status, writeStatus } from './status.js';

export interface ResponseContent {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  readonly inResponseTo: string | undefined;
  readonly issuedAt: Instant;
  readonly status: Status;
  /** A canonical saml:Assertion or saml:EncryptedAssertion that declares its own prefixes; '' for an error. */
  readonly assertion: string;
}

/** The text in two parts: a signature, where one is made, goes between them (after Issuer, Core 3.2.2). */
export function writeResponse(
  content: ResponseContent,
  root: 'samlp:Response' | 'samlp:LogoutResponse' = 'samlp:Response',
): { readonly before: string; readonly after: string } {
  const start = startTag(root, {
    'xmlns:samlp': NS.samlp,
    Destination: content.destination,
    ID: content.id,
    InResponseTo: content.inResponseTo,
    IssueInstant: new Date(content.issuedAt).toISOString(),
    Version: '2.0',
  });
  // saml is declared on Issuer and again on the assertion, not on the root: exclusive canonical form declares a prefix where it is first used.
  const issuer = element('saml:Issuer', { 'xmlns:saml': NS.saml }, escapeText(content.issuer));
  return { before: start + issuer, after: `${writeStatus(content.status)}${content.assertion}</${root}>` };
}
