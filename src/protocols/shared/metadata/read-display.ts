/** What people see of an application: mdui first, then Organization; hostile links stay out (MDX-07, threats M07). */
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, childElements, children } from '../../../xml/read.js';
import { quote, type Report } from './report.js';
import { parseUrl } from '../../../core/model/uri.js';

const MAX_TEXT = 256;
const MAILTO = /^mailto:/iu;

/** What people see of a role. */
export type Display = Pick<RelyingPartyMetadata, 'displayName' | 'description' | 'informationUrl' | 'logoUrl'>;

/** mdui:UIInfo of the role, else the name of its attribute service. */
export function readDisplay(role: XmlElement): Display {
  const info = infoOf(role);
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

/** What people would miss in a role, beside a name. */
export function lintDisplay(role: XmlElement, report: Report): void {
  const info = infoOf(role);
  // Metadata of WS-Federation has no place for one.
  if (role.local === 'SPSSODescriptor' && (info === undefined || children(info, NS.mdui, 'Logo').length === 0)) {
    report('metadata.logo-missing', role, `${role.local} has no logo.`);
  }
  const names = info === undefined ? [] : children(info, NS.mdui, 'DisplayName');
  const [first] = names;
  if (first === undefined || names.some((name) => /^en\b/iu.test(languageOf(name) ?? ''))) return;
  const languages = names.map((name) => quote(languageOf(name) ?? 'no language', 16));
  report('metadata.languages', first, `The name for people is there in ${[...new Set(languages)].slice(0, 5).join(', ')} only.`);
}

function infoOf(role: XmlElement): XmlElement | undefined {
  const extensions = child(role, NS.md, 'Extensions');
  return extensions === undefined ? undefined : child(extensions, NS.mdui, 'UIInfo');
}

/** OrganizationDisplayName. */
export function readOrganization(entity: XmlElement): Pick<RelyingPartyMetadata, 'organization'> {
  const organization = child(entity, NS.md, 'Organization');
  const name = organization === undefined ? undefined : localized(organization, NS.md, 'OrganizationDisplayName');
  return name === undefined ? {} : { organization: name };
}

/** ContactPerson elements; addresses without their mailto:. */
export function readContacts(entity: XmlElement, report: Report): RelyingPartyMetadata['contacts'] {
  const contacts = children(entity, NS.md, 'ContactPerson');
  if (contacts.length === 0) report('metadata.contact-missing', entity, 'The metadata names no contact.');
  return contacts.map((contact) => {
    const names = [child(contact, NS.md, 'GivenName'), child(contact, NS.md, 'SurName')].flatMap((part) => (part === undefined ? [] : [text(part)]));
    const [address] = children(contact, NS.md, 'EmailAddress');
    if (address !== undefined && !MAILTO.test(text(address))) report('metadata.contact-mailto', address, `The address ${quote(text(address))} has no mailto:.`);
    return {
      type: attribute(contact, 'contactType') ?? 'other',
      ...(names.length === 0 ? {} : { name: names.join(' ') }),
      ...(address === undefined ? {} : { email: text(address).replace(MAILTO, '') }),
    };
  });
}

/** The English text, else the first. */
function localized(parent: XmlElement, ns: string, local: string): string | undefined {
  const all = children(parent, ns, local);
  const english = all.find((candidate) => /^en\b/iu.test(languageOf(candidate) ?? ''));
  const chosen = english ?? all[0];
  const value = chosen === undefined ? '' : text(chosen);
  return value === '' ? undefined : value;
}

function languageOf(element: XmlElement): string | undefined {
  return element.attributes.find(({ ns, local }) => ns === NS.xml && local === 'lang')?.value;
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
  return value !== undefined && /^https:\/\//iu.test(value) && parseUrl(value) !== undefined ? value : undefined;
}
