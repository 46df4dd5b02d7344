/** What the network's error codes mean, as the end of a sentence that starts with the address. */

const MEANINGS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'cannot be found: its host has no address',
  EAI_AGAIN: 'cannot be found: the name server does not answer',
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'broke the connection',
  EPIPE: 'broke the connection',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  CERT_HAS_EXPIRED: 'has a TLS certificate that has ended',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a TLS certificate it signed itself; if it is meant, trust it with NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a TLS certificate of an authority that is not trusted here; if it is meant, trust it with NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a TLS certificate of an authority that is not trusted here; if it is meant, trust it with NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a TLS certificate of an authority that is not trusted here; if it is meant, trust it with NODE_EXTRA_CA_CERTS',
  EPROTO: 'does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS there',
  HPE_HEADER_OVERFLOW: 'sends too many headers',
};

/** The meaning of an error of node:http, node:https or node:dns. */
export function sayNetworkError(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined && Object.hasOwn(MEANINGS, code)) return MEANINGS[code] ?? '';
  if (code?.startsWith('HPE_') === true) return 'does not speak HTTP there';
  return `cannot be fetched (${code ?? 'the connection broke'})`;
}

/** Several addresses were tried: what the first one said. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}
