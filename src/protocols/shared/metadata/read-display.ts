/** What people see of an application: mdui first, then Organization; hostile links stay out (MDX-07, threats M07). */
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, childElements, children } from '../../../xml/read.js';

const MAX_TEXT = 256;
const XML_LANG = 'http://www.w3.org/XML/1998/namespace';

/** What people see of a role. */
export type Display = Pick<RelyingPartyMetadata, 'displayName' | 'description' | 'informationUrl' | 'logoUrl'>;

/** mdui:UIInfo of the role, else the name of its attribute service. */
export function readDisplay(role: XmlElement): Display {
  const extensions = child(role, NS.md, 'Extensions');
  const info = extensions === undefined ? undefined : child(extensions, NS.mdui, 'UIInfo');
  // There may be several of each: the first names the application, the first logo is as good as any.
  const [service] = children(role, NS.md, 'AttributeConsumingService');
  const displayName =
    (info === undefined ? undefined : localized(info, NS.mdui, 'DisplayName')) ??
    (service === undefined ? undefined : localized(service, NS.md, 'ServiceName'));
  const description = info === undefined ? undefined : localized(info, NS.mdui, 'Description');
  const informationUrl = webAddress(info === undefined ? undefined : localized(info, NS.mdui, 'InformationURL'));
  const [logo] = info === undefined ? [] : children(info, NS.mdui, 'Logo');
  const logoUrl = webAddress(logo === undefined ? undefined : text(logo));
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(informationUrl === undefined ? {} : { informationUrl }),
    ...(logoUrl === undefined ? {} : { logoUrl }),
  };
}

/** OrganizationDisplayName. */
export function readOrganization(entity: XmlElement): Pick<RelyingPartyMetadata, 'organization'> {
  const organization = child(entity, NS.md, 'Organization');
  const name = organization === undefined ? undefined : localized(organization, NS.md, 'OrganizationDisplayName');
  return name === undefined ? {} : { organization: name };
}

/** ContactPerson elements; addresses without their mailto:. */
export function readContacts(entity: XmlElement): RelyingPartyMetadata['contacts'] {
  return children(entity, NS.md, 'ContactPerson').map((contact) => {
    const names = [child(contact, NS.md, 'GivenName'), child(contact, NS.md, 'SurName')].flatMap((part) => (part === undefined ? [] : [text(part)]));
    const [address] = children(contact, NS.md, 'EmailAddress');
    return {
      type: attribute(contact, 'contactType') ?? 'other',
      ...(names.length === 0 ? {} : { name: names.join(' ') }),
      ...(address === undefined ? {} : { email: text(address).replace(/^mailto:/iu, '') }),
    };
  });
}

/** The English text, else the first. */
function localized(parent: XmlElement, ns: string, local: string): string | undefined {
  const all = children(parent, ns, local);
  const english = all.find((candidate) => candidate.attributes.some((entry) => entry.ns === XML_LANG && entry.local === 'lang' && /^en\b/iu.test(entry.value)));
  const chosen = english ?? all[0];
  const value = chosen === undefined ? '' : text(chosen);
  return value === '' ? undefined : value;
}

function text(element: XmlElement): string {
  if (childElements(element).length > 0) return '';
  return readable(element.children.filter((part) => typeof part === 'string').join(''));
}

/** One line of text for people, without invisible characters, cut to a length. */
export function readable(whole: string): string {
  return whole
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim()
    .slice(0, MAX_TEXT);
}

function webAddress(value: string | undefined): string | undefined {
  return value !== undefined && /^https:\/\//iu.test(value) && URL.canParse(value) ? value : undefined;
}
