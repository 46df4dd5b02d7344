/** Requests as a service provider signs them: xml-crypto for POST, node:crypto over the query for Redirect. */
import { createPrivateKey, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { ALG } from '../../src/xml/names.js';
import { pem } from './xml-oracles.js';

export interface SigningPair {
  /** base64 DER. */
  readonly certificate: string;
  /** PKCS#8 DER. */
  readonly privateKey: Buffer;
}

/** The XML with an enveloped signature after its Issuer, RSA-SHA256 unless told. */
export function signXml(xml: string, pair: SigningPair, algorithms: { readonly signature?: string; readonly digest?: string } = {}): string {
  const signer = new SignedXml({ privateKey: pem(pair.privateKey.toString('base64'), 'PRIVATE KEY'), publicCert: pem(pair.certificate) });
  signer.signatureAlgorithm = algorithms.signature ?? ALG.rsaSha256;
  signer.canonicalizationAlgorithm = ALG.exclusive;
  signer.addReference({
    xpath: '/*',
    transforms: [ALG.enveloped, ALG.exclusive],
    digestAlgorithm: algorithms.digest ?? ALG.sha256,
  });
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' } });
  return signer.getSignedXml();
}

export interface QueryWish {
  readonly relayState?: string;
  readonly algorithm?: string;
  readonly hash?: string;
  readonly parameter?: 'SAMLRequest' | 'SAMLResponse';
  /** How values are percent-encoded. */
  readonly encode?: (text: string) => string;
}

/** The parts of a signed query, each as `name=value`, so that a test can put them together its own way. */
export function signQuery(
  xml: string,
  pair: Pick<SigningPair, 'privateKey'>,
  wish: QueryWish = {},
): { readonly request: string; readonly relayState: string; readonly algorithm: string; readonly signature: string; readonly query: string } {
  const { encode = encodeURIComponent } = wish;
  const request = `${wish.parameter ?? 'SAMLRequest'}=${encode(deflateRawSync(xml).toString('base64'))}`;
  const relayState = wish.relayState === undefined ? '' : `RelayState=${encode(wish.relayState)}`;
  const algorithm = `SigAlg=${encode(wish.algorithm ?? ALG.rsaSha256)}`;
  const octets = [request, relayState, algorithm].filter((part) => part !== '').join('&');
  const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  const value = sign(wish.hash ?? 'sha256', Buffer.from(octets), { key, dsaEncoding: 'ieee-p1363' });
  const signature = `Signature=${encode(value.toString('base64'))}`;
  return { request, relayState, algorithm, signature, query: `${octets}&${signature}` };
}
