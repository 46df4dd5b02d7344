/** URIs as tokens and claims carry them. */

/** An absolute URI of at most 1024 characters (SAML Core 1.3.2, 8.3.6). */
export function isAbsoluteUri(text: string): boolean {
  return text.length <= 1024 && /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(text) && URL.canParse(text);
}
