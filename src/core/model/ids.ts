/** Branded identifier types: strings that cannot be mixed up by accident. */
export type Id<Kind extends string> = string & { readonly __id: Kind };

export type UserId = Id<'User'>;
export type RelyingPartyId = Id<'RelyingParty'>;
export type SigningKeyId = Id<'SigningKey'>;
export type SsoSessionId = Id<'SsoSession'>;

/** A moment: milliseconds since 1970-01-01T00:00:00Z. A plain number, so that records survive JSON unchanged. */
export type Instant = number;

/** Names a string as an identifier of a kind. For readers of storage and makers of ids only. */
export function asId<Kind extends string>(text: string): Id<Kind> {
  return text as Id<Kind>;
}
