/** What an application's metadata says, as it stands in a file of configuration: the facts, or where they are read from. */
import { z } from 'zod';
import { SignetError } from '../../core/errors.js';
import { NO_FACTS } from '../../core/model/no-facts.js';
import type { MetadataOrigin, RelyingPartyMetadata } from '../../core/model/relying-party.js';
import { checkReplyAddress } from '../../core/model/reply-address.js';
import { readCertificate } from '../../crypto/certificate.js';
import { strict } from '../claim-schema.js';
import { show } from '../setting-values.js';
import { parseUrl } from '../../core/model/uri.js';

const flag = z.boolean('give true or false');
const text = z.string('give a text');
/** As the readers of metadata leave texts and names. */
const line = text.refine((value) => value !== '' && value.length <= 4096 && !/\p{Cc}/u.test(value), 'give one line of text');
const httpsUrl = text.refine((value) => /^https:\/\//iu.test(value) && parseUrl(value) !== undefined, 'give an address that begins with https://');
const index = z.number('give a number').int('give a whole number').min(0, 'give a number from 0').max(65_535, 'give a number up to 65535');
const certificate = text.transform((value, context): string => {
  try {
    return readCertificate(value).certificate;
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'unreadable', input: value });
    return z.NEVER;
  }
});
const time = text.refine(
  (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/u.test(value) && !Number.isNaN(Date.parse(value)),
  'give a time such as 2027-01-31T00:00:00Z, in quotes',
);
const list = <T extends z.ZodType>(items: T): z.ZodReadonly<z.ZodArray<T>> => z.array(items, 'give a list').readonly();

/** Of the facts, all but the entity id, in the order in which they are written. */
const FACTS = {
  displayName: line.exactOptional(),
  description: line.exactOptional(),
  informationUrl: httpsUrl.exactOptional(),
  logoUrl: httpsUrl.exactOptional(),
  organization: line.exactOptional(),
  contacts: list(strict({ type: line, name: line.exactOptional(), email: line.exactOptional() })).exactOptional(),
  identifiers: list(line).exactOptional(),
  replyAddresses: list(strict({ url: text, binding: line, index: index.exactOptional(), isDefault: flag.exactOptional() })).exactOptional(),
  logoutEndpoints: list(strict({ url: text, binding: line, responseUrl: text.exactOptional() })).exactOptional(),
  nameIdFormats: list(line).exactOptional(),
  attributeServices: list(
    strict({
      index,
      protocol: z.literal('wsfed', 'give wsfed, or leave it out').exactOptional(),
      isDefault: flag.exactOptional(),
      requested: list(strict({ name: line, nameFormat: line.exactOptional(), friendlyName: line.exactOptional(), required: flag })),
    }),
  ).exactOptional(),
  authnRequestsSigned: flag.exactOptional(),
  wantAssertionsSigned: flag.exactOptional(),
  signingMethods: list(line).exactOptional(),
  digestMethods: list(line).exactOptional(),
  validUntil: time.exactOptional(),
  cacheSeconds: z.number('give a number').int('give whole seconds').min(0, 'give a number from 0').exactOptional(),
  signingCertificates: list(certificate).exactOptional(),
  encryptionKeys: list(
    strict({
      methods: list(line).exactOptional(),
      oaep: list(strict({ transport: line, digest: line.exactOptional(), mask: line.exactOptional() })).exactOptional(),
      certificate,
    }),
  ).exactOptional(),
} satisfies Record<keyof Omit<RelyingPartyMetadata, 'entityId'>, z.ZodType>;

const ORIGIN = { from: line.exactOptional(), allowHttp: flag.exactOptional(), allowPrivate: flag.exactOptional() };

/** A text stands for `from` alone. */
export const METADATA_SCHEMA = z.preprocess(
  (given) => (typeof given === 'string' ? { from: given } : given),
  strict({ ...ORIGIN, ...FACTS }).refine((value) => value.replyAddresses !== undefined || onlyOrigin(value), {
    message: 'give replyAddresses as well, or only `from`: then all of it is read from there',
  }),
);

/** With `replyAddresses` these are the facts; without, they are read where `from` says. */
export type MetadataDocument = z.infer<typeof METADATA_SCHEMA>;

function onlyOrigin(value: object): boolean {
  return 'from' in value && Object.keys(value).every((key) => Object.hasOwn(ORIGIN, key));
}

/** The facts with where they came from; what says nothing is left out. */
export function metadataDocument({ entityId: _named, validUntil, encryptionKeys, ...facts }: RelyingPartyMetadata, origin: MetadataOrigin): MetadataDocument {
  const keys = encryptionKeys.map(({ methods, ...key }) => ({ ...key, ...(methods.length === 0 ? {} : { methods }) }));
  const said = Object.entries({ ...facts, encryptionKeys: keys }).filter(([, value]) => value !== false && !(Array.isArray(value) && value.length === 0));
  return inOrder({
    ...originDocument(origin),
    ...Object.fromEntries(said),
    ...(validUntil === undefined ? {} : { validUntil: new Date(validUntil).toISOString() }),
  });
}

/** Of whatever reader the facts are: their keys stand as in the schema, those of their parts as here. */
const ORDER: readonly string[] = [
  ...Object.keys(ORIGIN),
  ...['name', 'type', 'email', 'url', 'binding', 'responseUrl', 'index', 'protocol', 'isDefault', 'requested', 'nameFormat', 'friendlyName', 'required'],
  ...['methods', 'oaep', 'transport', 'digest', 'mask', 'certificate'],
  ...Object.keys(FACTS),
];

function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inOrder) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other)).map(([key, part]) => [key, inOrder(part)])) as T;
}

/** Only where they came from; undefined for what was registered by hand. */
export function originDocument({ kind, location, allowHttp, allowPrivate }: MetadataOrigin): Pick<MetadataDocument, keyof typeof ORIGIN> | undefined {
  if (kind === 'hand') return allowHttp === true ? { allowHttp } : undefined;
  return { from: location, ...(allowHttp === true ? { allowHttp } : {}), ...(allowPrivate === true ? { allowPrivate } : {}) };
}

/** The facts of a document. Throws invalid_input for an address that cannot be used, with its key (threats I01, I02). */
export function factsOf(document: MetadataDocument, entityId: string, allowHttp: boolean): RelyingPartyMetadata {
  const { from: _from, allowHttp: _http, allowPrivate: _private, validUntil, encryptionKeys = [], ...facts } = document;
  const { replyAddresses = [], logoutEndpoints } = facts;
  if (replyAddresses.length === 0) throw new SignetError('invalid_input', `${show(entityId)} needs an address where its answers go.`);
  const addresses = [...replyAddresses.map(({ url }) => url), ...(logoutEndpoints ?? []).flatMap(({ url, responseUrl }) => [url, responseUrl ?? url])];
  const problem = addresses.map((url) => checkReplyAddress(url, { allowHttp })).find((found) => found !== undefined);
  if (problem !== undefined) throw new SignetError('invalid_input', problem);
  return {
    ...NO_FACTS,
    ...facts,
    entityId,
    replyAddresses,
    encryptionKeys: encryptionKeys.map((key) => ({ ...key, methods: key.methods ?? [] })),
    ...(validUntil === undefined ? {} : { validUntil: Date.parse(validUntil) }),
  };
}
