/** What the issuer makes, and how its holder shows it is theirs. */
import type { Instant } from './ids.js';

export type ProtocolName = 'saml' | 'wsfed' | 'wstrust' | 'oauth';
/** Those that go through a browser. */
export type PassiveProtocolName = Extract<ProtocolName, 'saml' | 'wsfed'>;
export type TokenType = 'saml20' | 'saml11';

/** The name of the subject in a token (SAML Core 2.2.3). */
export interface NameIdentifier {
  readonly value: string;
  readonly format: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
}

/** How the holder of a token shows it is theirs (SAML Core 2.4.1.1). */
export interface Confirmation {
  readonly method: 'bearer';
  /** The address the token is sent to. */
  readonly recipient: string;
  readonly inResponseTo?: string;
}

/** What the issuer made. `serialized` is what goes on the wire. */
export interface SecurityToken {
  readonly id: string;
  readonly type: TokenType;
  readonly issuer: string;
  readonly audience: string;
  readonly name: NameIdentifier;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly sessionIndex: string;
  readonly serialized: string;
}
