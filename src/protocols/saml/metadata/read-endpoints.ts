/** AssertionConsumerService, SingleLogoutService, NameIDFormat and AttributeConsumingService of a service provider (SAML Metadata 2.2.3, 2.4.4). */
import type { AttributeConsumingService, LogoutEndpoint, ReplyAddress, RequestedAttribute } from '../../../core/model/relying-party.js';
import { BINDING, NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, children, leafText, readBoolean, readUnsigned } from '../../../xml/read.js';
import { checkReplyAddress } from '../../../core/model/reply-address.js';
import { orRefuse, refuse } from '../../shared/metadata/refuse.js';

/** Every AssertionConsumerService with an address that may be used; refuses one for HTTP-POST that may not. */
export function readReplyAddresses(role: XmlElement, options: { readonly allowHttp?: boolean }, findings: string[]): readonly ReplyAddress[] {
  const addresses: ReplyAddress[] = [];
  const indexes = new Set<number>();
  for (const service of children(role, NS.md, 'AssertionConsumerService')) {
    const address = readReplyAddress(service, options, findings);
    if (address === undefined) continue;
    if (address.index === undefined) findings.push(`AssertionConsumerService ${address.url} has no index; it can be named by its address only.`);
    else if (indexes.has(address.index))
      throw refuse(`Two AssertionConsumerService elements have index ${String(address.index)}. Ask the application to number them apart.`);
    else indexes.add(address.index);
    addresses.push(address);
  }
  return addresses;
}

function readReplyAddress(service: XmlElement, options: { readonly allowHttp?: boolean }, findings: string[]): ReplyAddress | undefined {
  const binding = attribute(service, 'Binding') ?? '';
  const url = attribute(service, 'Location') ?? '';
  const problem = checkReplyAddress(url, options);
  if (problem !== undefined) {
    if (binding === BINDING.post) throw refuse(`AssertionConsumerService Location: ${problem}`);
    findings.push(`An AssertionConsumerService with another binding was left out: ${problem}`);
    return undefined;
  }
  const index = attribute(service, 'index');
  const isDefault = attribute(service, 'isDefault');
  return {
    binding,
    url,
    ...(index === undefined ? {} : { index: orRefuse('AssertionConsumerService index', index, readUnsigned) }),
    ...(isDefault === undefined ? {} : { isDefault: orRefuse('AssertionConsumerService isDefault', isDefault, readBoolean) }),
  };
}

/** Every SingleLogoutService whose addresses may be used (SAML Metadata 2.2.2); signing on goes without the others. */
export function readLogoutEndpoints(role: XmlElement, options: { readonly allowHttp?: boolean }, findings: string[]): readonly LogoutEndpoint[] {
  return children(role, NS.md, 'SingleLogoutService').flatMap((service) => {
    const binding = attribute(service, 'Binding') ?? '';
    const url = attribute(service, 'Location') ?? '';
    const responseUrl = attribute(service, 'ResponseLocation');
    const problem = checkReplyAddress(url, options) ?? (responseUrl === undefined ? undefined : checkReplyAddress(responseUrl, options));
    if (problem === undefined) return [{ binding, url, ...(responseUrl === undefined ? {} : { responseUrl }) }];
    findings.push(`A SingleLogoutService was left out, so sign-out does not reach the application there: ${problem}`);
    return [];
  });
}

/** NameIDFormat elements in their order, each once. */
export function readNameIdFormats(role: XmlElement): readonly string[] {
  return [...new Set(children(role, NS.md, 'NameIDFormat').map((format) => leafText(format).trim()))].filter((format) => format !== '');
}

/** AttributeConsumingService elements with what they request. */
export function readAttributeServices(role: XmlElement): readonly AttributeConsumingService[] {
  return children(role, NS.md, 'AttributeConsumingService').map((service): AttributeConsumingService => {
    const isDefault = attribute(service, 'isDefault');
    return {
      index: orRefuse('AttributeConsumingService index', attribute(service, 'index') ?? '', readUnsigned),
      ...(isDefault === undefined ? {} : { isDefault: orRefuse('AttributeConsumingService isDefault', isDefault, readBoolean) }),
      requested: children(service, NS.md, 'RequestedAttribute').map(readRequested),
    };
  });
}

function readRequested(element: XmlElement): RequestedAttribute {
  const name = attribute(element, 'Name');
  if (name === undefined || name === '') throw refuse('A RequestedAttribute has no Name.');
  const nameFormat = attribute(element, 'NameFormat');
  const friendlyName = attribute(element, 'FriendlyName');
  return {
    name,
    ...(nameFormat === undefined ? {} : { nameFormat }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    required: orRefuse('RequestedAttribute isRequired', attribute(element, 'isRequired') ?? 'false', readBoolean),
  };
}
