/** URIs as tokens and claims carry them. */

/** An absolute URI of at most 1024 characters (SAML Core 1.3.2, 8.3.6). */
export function isAbsoluteUri(text: string): boolean {
  return text.length <= 1024 && /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(text) && parseUrl(text) !== undefined;
}

/**
 * A text as a URL, undefined where it is none. Not by URL.canParse: in Node 20 it turns letters such as ü down once it was
 * called some thousand times and compiled (its fast path takes Latin-1 for UTF-8).
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
