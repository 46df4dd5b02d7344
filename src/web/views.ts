/**
 * Pages from views/: EJS, compiled once at start. Templates see one object, `it`; data never is a template or an option
 * (threats U09), and `<%-` stands for parts of ours only.
 */
import ejs from 'ejs';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../core/model/ids.js';
import type { Assets } from './assets.js';
import type { Base } from './base.js';
import type { Texts } from './texts.js';

export interface Views {
  /** The page as text. `title` without the organisation's name, which is added. */
  render(view: string, model: Readonly<Record<string, unknown>> & { readonly title: string }): string;
}

export interface ViewParts {
  readonly folder: string;
  readonly base: Base;
  readonly assets: Assets;
  readonly texts: Texts;
  readonly organization: string;
  /** An e-mail or web address. */
  readonly helpDesk: string | undefined;
}

const EXTENSION = '.ejs';
/** Folders of views/ that hold no pages of their own. */
const NOT_PAGES = new Set(['parts', 'texts', 'assets']);

/** Compiles every page; a mistake in one stops the start rather than a person. */
export function createViews(parts: ViewParts): Views {
  const compiled = new Map<string, ejs.TemplateFunction>();
  for (const view of pagesIn(parts.folder)) {
    const filename = join(parts.folder, `${view}${EXTENSION}`);
    compiled.set(
      view,
      ejs.compile(readFileSync(filename, 'utf8'), { filename, root: parts.folder, views: [parts.folder], cache: true, strict: true, localsName: 'it' }),
    );
  }
  const { texts, base, assets, organization } = parts;
  const shared = {
    t: texts.text,
    around: texts.around,
    language: texts.language,
    link: base.link,
    asset: (name: string): string => base.link(assets.path(name)),
    organization,
    helpDesk: helpDeskLink(parts.helpDesk),
    // Parts read these whether or not a page sets them.
    signedInAs: undefined,
    scripts: [],
    iso: (instant: Instant): string => new Date(instant).toISOString(),
    ...timeWriters(texts.language),
  };
  return {
    render: (view, model) => {
      const template = compiled.get(view);
      if (template === undefined) throw new Error(`no view ${view}`);
      return template({ ...shared, ...model, title: `${model.title} – ${organization}` });
    },
  };
}

/** Times in words, in UTC and saying so; a script shows them in the reader's own time zone (design 5.8). */
function timeWriters(language: string): Readonly<Record<'clock' | 'moment', (instant: Instant) => string>> {
  // English as most of the world writes dates.
  const locale = language === 'en' ? 'en-GB' : language;
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' });
  const clock = (instant: Instant): string => `${time.format(instant)} UTC`;
  return { clock, moment: (instant) => `${date.format(instant)}, ${clock(instant)}` };
}

/** Where people turn for help, as a link. */
export function helpDeskLink(helpDesk: string | undefined): string | undefined {
  if (helpDesk === undefined) return undefined;
  return /^(?:https?:\/\/|mailto:)/iu.test(helpDesk) ? helpDesk : `mailto:${helpDesk}`;
}

function pagesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      if (NOT_PAGES.has(entry.name)) return [];
      return readdirSync(join(folder, entry.name))
        .filter((name) => name.endsWith(EXTENSION))
        .map((name) => `${entry.name}/${name.slice(0, -EXTENSION.length)}`);
    }
    return entry.name.endsWith(EXTENSION) ? [entry.name.slice(0, -EXTENSION.length)] : [];
  });
}
