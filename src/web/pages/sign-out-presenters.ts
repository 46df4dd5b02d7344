/**
 * The pages of a sign-out in words: what each application that was asked said, and no more than that (design 6.7). The
 * values come from the protocols; nothing of them is taken on trust.
 */
import { asciiAddress, isWebAddress } from '../../core/model/reply-address.js';
import type { Base } from '../base.js';
import type { Presenter } from '../reply.js';
import type { Texts } from '../texts.js';
import { readAddress, readRecord, readRecords, readText, readTextMap } from './read-model.js';

/** By state: its sign, and whether something is left for the person to do. No state is green: what is confirmed is their word, not ours. */
const SIGNS = {
  waiting: { icon: 'clock', tone: 'info' },
  confirmed: { icon: 'check', tone: '' },
  asked: { icon: 'sent', tone: '' },
  silent: { icon: 'clock', tone: 'warn' },
  refused: { icon: 'stop', tone: 'warn' },
  cannot: { icon: 'off', tone: 'warn' },
} as const satisfies Readonly<Record<string, { readonly icon: string; readonly tone: string }>>;

type State = keyof typeof SIGNS;

interface Tag {
  readonly state: State;
  readonly icon: string;
  readonly tone: string;
  readonly word: string;
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly tag: Tag;
  readonly frame: Frame | undefined;
  readonly openUrl: string | undefined;
}

/**
 * Where an application is asked. Browsers count the seconds of a Refresh header from the load event, which an application
 * that hangs holds back for ever: so a frame begins with a page of ours, and goes on to the application after that event.
 */
interface Frame {
  readonly src: string;
  /** The application's own address, for a script that need not wait. */
  readonly direct: string | undefined;
}

/** The way back to where the sign-out started: a link, or a form with what the application is to hear. */
interface Back {
  readonly name: string;
  readonly href: string | undefined;
  readonly action: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** Without script the page goes on by itself so long after it has loaded. */
const REFRESH_SECONDS = 5;
/** Long enough for the page around it to have loaded. */
const HOP_SECONDS = 1;

type SignOutView = 'logout/progress' | 'logout/done' | 'logout/framed';

/** Presents the page that asks, the result, and the small page in a frame: with `next` before an application is asked, without after it answered. */
export function createSignOutPresenters(texts: Texts, base: Base): Readonly<Record<SignOutView, Presenter>> {
  const tag = (state: State): Tag => ({ state, ...SIGNS[state], word: texts.text(`logout.state.${state}`) });
  const frameOf = (id: string, key: string, address: string | undefined): Frame | undefined => {
    if (address === undefined) return undefined;
    const src = base.link(`/logout/frame?id=${id}&n=${encodeURIComponent(key)}`);
    return { src, direct: isWebAddress(address) ? address : undefined };
  };
  const rowsOf = (model: Readonly<Record<string, unknown>>, id = ''): readonly Row[] =>
    readRecords(model, 'applications').map((application) => {
      const key = readText(application, 'key') ?? '';
      const state = readState(application);
      return {
        key,
        name: readText(application, 'name') ?? '',
        tag: tag(state),
        frame: frameOf(id, key, readAddress(application, 'frame', base)),
        openUrl: SIGNS[state].tone === 'warn' ? readAddress(application, 'openUrl', base) : undefined,
      };
    });

  return {
    'logout/progress': (model) => {
      const id = encodeURIComponent(readText(model, 'id') ?? '');
      const done = base.link(`/logout/done?id=${id}`);
      return {
        policy: 'sign-out',
        headers: { refresh: `${String(REFRESH_SECONDS)}; url=${done}` },
        model: {
          title: texts.text('logout.progress.title'),
          rows: rowsOf(model, id),
          tags: STATES.map(tag),
          backTo: readText(model, 'backTo'),
          progress: base.link(`/logout/progress?id=${id}`),
          done,
          scripts: ['logout.js'],
        },
      };
    },
    'logout/done': (model) => {
      const rows = rowsOf(model);
      const back = readBack(model, base);
      return {
        policy: back?.action === undefined ? 'page' : 'hand-off',
        model: {
          title: texts.text('logout.done.title'),
          rows,
          anyAsked: rows.some(({ tag: { state } }) => state === 'asked'),
          allConfirmed: rows.every(({ tag: { state } }) => state === 'confirmed'),
          back,
          scripts: back === undefined ? [] : ['logout.js'],
        },
      };
    },
    'logout/framed': (model) => {
      const next = readAddress(model, 'next', base);
      const heading = texts.text(next === undefined ? 'logout.framed.answered' : 'logout.framed.asking');
      return {
        policy: 'framed',
        ...(next === undefined ? {} : { headers: { refresh: `${String(HOP_SECONDS)}; url=${asciiAddress(next)}` } }),
        model: { title: heading, heading },
      };
    },
  };
}

const STATES = Object.keys(SIGNS).filter(isState);

/** What is not understood counts as no answer. */
function readState(application: Readonly<Record<string, unknown>>): State {
  const state = readText(application, 'state') ?? '';
  return isState(state) ? state : 'silent';
}

function isState(text: string): text is State {
  return Object.hasOwn(SIGNS, text);
}

function readBack(model: Readonly<Record<string, unknown>>, base: Base): Back | undefined {
  const back = readRecord(model, 'back');
  if (back === undefined) return undefined;
  const href = readAddress(back, 'href', base);
  const action = readAddress(back, 'action', base);
  if (href === undefined && action === undefined) return undefined;
  return { name: readText(back, 'name') ?? '', href, action, fields: readTextMap(back, 'fields') };
}
