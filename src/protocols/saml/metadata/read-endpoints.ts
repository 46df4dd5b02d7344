/** AssertionConsumerService, SingleLogoutService, NameIDFormat and AttributeConsumingService of a service provider (SAML Metadata 2.2.3, 2.4.4). */
import { requestedMappings } from '../../../core/claims/standard-claims.js';
import type { AttributeConsumingService, LogoutEndpoint, ReplyAddress, RequestedAttribute } from '../../../core/model/relying-party.js';
import { addressProblem } from '../../../core/model/reply-address.js';
import { BINDING, NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, children, leafText } from '../../../xml/read.js';
import { lintRequested } from '../../shared/metadata/lint-requested.js';
import { readUsable } from '../../shared/metadata/reply-addresses.js';
import { BOOLEAN, INDEX, quote, type Report, readValue } from '../../shared/metadata/report.js';
import type { RoleContext } from '../../shared/metadata/role.js';

interface Service {
  readonly element: XmlElement;
  readonly binding: string;
  readonly url: string;
}

/** Every AssertionConsumerService with an address that may be used; of those with the same index the first keeps it (MET-08). */
export function readReplyAddresses(role: XmlElement, context: RoleContext): readonly ReplyAddress[] {
  const { report } = context;
  const services = children(role, NS.md, 'AssertionConsumerService').map((element): Service => ({
    element,
    binding: attribute(element, 'Binding') ?? '',
    url: attribute(element, 'Location') ?? '',
  }));
  const posts = services.filter(({ binding }) => binding === BINDING.post);
  const usable = new Set(readUsable(posts, { role, what: 'AssertionConsumerService Location for HTTP-POST' }, context));
  const kept = services.filter((service) => (service.binding === BINDING.post ? usable.has(service) : isUsableElsewhere(service, context)));
  const addresses = kept.map((service) => ({ element: service.element, address: readNumbers(service, report) }));
  lintDefaults(role, addresses, report);
  return numberedApart(addresses, report);
}

/** Of another binding, which is not answered by, so that it stands in nobody's way. */
function isUsableElsewhere({ element, url }: Service, { report, allowHttp }: RoleContext): boolean {
  const problem = addressProblem(url, { allowHttp });
  if (problem === undefined) return true;
  report('metadata.reply-left-out', element, `An AssertionConsumerService with another binding was left out: ${problem.what}.`);
  return false;
}

interface Numbered {
  readonly element: XmlElement;
  readonly address: ReplyAddress;
}

function readNumbers({ element, binding, url }: Service, report: Report): ReplyAddress {
  const index = readValue(report, element, 'index', INDEX);
  const isDefault = readValue(report, element, 'isDefault', BOOLEAN);
  if (attribute(element, 'index') === undefined) report('metadata.index-missing', element, `AssertionConsumerService ${quote(url)} has no index.`);
  return { binding, url, ...(index === undefined ? {} : { index }), ...(isDefault === undefined ? {} : { isDefault }) };
}

function lintDefaults(role: XmlElement, services: readonly Numbered[], report: Report): void {
  if (services.length < 2) return;
  const [first, second] = services.filter(({ address }) => address.isDefault === true);
  if (first === undefined) {
    report('metadata.default-missing', role, `None of the ${String(services.length)} AssertionConsumerService elements is marked as the default.`);
  } else if (second !== undefined) {
    report('metadata.default-twice', second.element, `AssertionConsumerService ${quote(second.address.url)} is marked as the default, and another before it.`);
  }
}

function numberedApart(services: readonly Numbered[], report: Report): readonly ReplyAddress[] {
  const indexes = new Set<number>();
  return services.map(({ element, address }) => {
    const { index, ...unnumbered } = address;
    if (index === undefined) return address;
    if (!indexes.has(index)) {
      indexes.add(index);
      return address;
    }
    report('metadata.index-twice', element, `Two AssertionConsumerService elements have index ${String(index)}.`);
    return unnumbered;
  });
}

/** Every SingleLogoutService whose addresses may be used (SAML Metadata 2.2.2); signing on goes without the others. */
export function readLogoutEndpoints(role: XmlElement, { report, allowHttp }: RoleContext): readonly LogoutEndpoint[] {
  return children(role, NS.md, 'SingleLogoutService').flatMap((service) => {
    const binding = attribute(service, 'Binding') ?? '';
    const url = attribute(service, 'Location') ?? '';
    const responseUrl = attribute(service, 'ResponseLocation');
    const problem = addressProblem(url, { allowHttp }) ?? (responseUrl === undefined ? undefined : addressProblem(responseUrl, { allowHttp }));
    if (problem === undefined) return [{ binding, url, ...(responseUrl === undefined ? {} : { responseUrl }) }];
    report('metadata.logout-left-out', service, `A SingleLogoutService was left out: ${problem.what}.`);
    return [];
  });
}

/** Formats of SAML 1.x: none of them names a person for good. */
const OLD_FORMAT = /^urn:(?:oasis:names:tc:SAML:1\.[01]:nameid-format:|mace:shibboleth:1\.0:)/u;

/** NameIDFormat elements in their order, each once. */
export function readNameIdFormats(role: XmlElement, report: Report): readonly string[] {
  const elements = children(role, NS.md, 'NameIDFormat');
  const formats = [...new Set(elements.map((format) => leafText(format).trim()))].filter((format) => format !== '');
  const [first] = elements;
  if (first !== undefined && formats.length > 0 && formats.every((format) => OLD_FORMAT.test(format))) {
    const names = formats.slice(0, 5).map((format) => quote(format.replace(/^.*:/u, ''), 40));
    report('metadata.nameid-old', first, `The only name identifiers it lists are those of SAML 1.1: ${names.join(', ')}.`);
  }
  return formats;
}

/** AttributeConsumingService elements with what they request. */
export function readAttributeServices(role: XmlElement, report: Report): readonly AttributeConsumingService[] {
  const indexes = new Set<number>();
  return children(role, NS.md, 'AttributeConsumingService').map((element): AttributeConsumingService => {
    if (attribute(element, 'index') === undefined)
      report('metadata.value-unreadable', element, `AttributeConsumingService has no index; expected ${INDEX.expected}.`);
    const index = readValue(report, element, 'index', INDEX) ?? 0;
    if (indexes.has(index)) report('metadata.index-twice', element, `Two AttributeConsumingService elements have index ${String(index)}.`);
    indexes.add(index);
    const isDefault = readValue(report, element, 'isDefault', BOOLEAN);
    const requested = children(element, NS.md, 'RequestedAttribute').flatMap((attributeElement) => readRequested(attributeElement, report));
    const service = { index, ...(isDefault === undefined ? {} : { isDefault }), requested };
    lintRequested(element, requestedMappings(service, 'saml'), report);
    return service;
  });
}

function readRequested(element: XmlElement, report: Report): readonly RequestedAttribute[] {
  const name = attribute(element, 'Name');
  const required = readValue(report, element, 'isRequired', BOOLEAN) ?? false;
  if (name === undefined || name === '') {
    report('metadata.attribute-unnamed', element, 'A RequestedAttribute has no Name.');
    return [];
  }
  const nameFormat = attribute(element, 'NameFormat');
  const friendlyName = attribute(element, 'FriendlyName');
  return [{ name, ...(nameFormat === undefined ? {} : { nameFormat }), ...(friendlyName === undefined ? {} : { friendlyName }), required }];
}
