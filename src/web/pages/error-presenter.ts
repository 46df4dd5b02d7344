/** The words of an error page: by check where there are some, else by family; and what can be done next. */
import type { HttpReply, PostFormReply } from '../../http/reply.js';
import type { Presenter } from '../reply.js';
import type { Texts } from '../texts.js';
import { helpDeskLink } from '../views.js';
import { readInstant, readText, readTexts } from './read-model.js';

export interface ErrorPresenterParts {
  readonly texts: Texts;
  readonly organization: string;
  readonly helpDesk: string | undefined;
}

interface Action {
  readonly label: string;
  /** Below the base URL, or absolute, or '' for this very address. */
  readonly href: string;
  readonly own: boolean;
}

/** What may be tried, by name, as the catalogue lists it for a family. */
const ACTIONS = ['again', 'home', 'account', 'help'] as const;
type ActionName = (typeof ACTIONS)[number];

/** Presents errors/error. */
export function createErrorPresenter(parts: ErrorPresenterParts): Presenter {
  const { texts, organization } = parts;

  const actionOf = (name: ActionName, reference: string): Action | undefined => {
    switch (name) {
      case 'again':
        return { label: texts.text('action.again'), href: '', own: false };
      case 'home':
        return { label: texts.text('action.home'), href: '/', own: true };
      case 'account':
        return { label: texts.text('action.account'), href: '/logout', own: true };
      case 'help': {
        const link = helpDeskLink(parts.helpDesk);
        if (link === undefined) return undefined;
        const mail = link.startsWith('mailto:');
        return { label: texts.text(mail ? 'action.mail' : 'action.help'), href: mail ? `${link}?subject=${encodeURIComponent(reference)}` : link, own: false };
      }
    }
  };

  return (model) => {
    const keys = readTexts(model, 'keys');
    const key = keys.find((candidate) => texts.has(`error.${candidate}.heading`)) ?? 'internal';
    const application = readText(model, 'applicationName');
    const reference = readText(model, 'reference') ?? '';
    const values = {
      app: application ?? texts.text('error.the-application'),
      App: application ?? texts.text('error.The-application'),
      organization,
    };
    const check = readText(model, 'check');
    const wanted = texts.text(`error.${key}.actions`).split(' ');
    const actions = ACTIONS.filter((name) => wanted.includes(name))
      .sort((a, b) => wanted.indexOf(a) - wanted.indexOf(b))
      .flatMap((name) => actionOf(name, reference) ?? []);
    const heading = texts.text(`error.${key}.heading`, values);
    const backTo = readBackTo(model['backTo']);
    return {
      policy: backTo?.kind === 'post-form' ? 'hand-off' : 'page',
      model: {
        title: heading,
        heading,
        sentence: texts.text(`error.${key}.sentence`, values),
        steps: texts
          .text(`error.${key}.steps`, values)
          .split('\n')
          .filter((step) => step !== ''),
        rule: check !== undefined && texts.has(`check.${check}`) ? texts.text(`check.${check}`) : undefined,
        reference,
        at: readInstant(model, 'at'),
        actions,
        backTo,
        backLabel: texts.text('error.back-to', values),
        scripts: ['ui.js'],
      },
    };
  };
}

function readBackTo(value: unknown): PostFormReply | undefined {
  return isReply(value) && value.kind === 'post-form' ? value : undefined;
}

function isReply(value: unknown): value is HttpReply {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
