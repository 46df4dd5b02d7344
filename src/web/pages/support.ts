/** Pages that people reach with a problem in hand: a reference, or an application that sent them back (SAML V2.0 errorURL). */
import type { HttpReply } from '../../http/reply.js';
import { RequestRefused } from '../refused.js';
import type { Texts } from '../texts.js';
import type { Page } from '../visit.js';

/** The form of our references; nothing else is shown back. */
const REFERENCE = /^SGN-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/u;
/** The values that errorURL's ERRORURL_CODE may have. */
const CODES = ['IDENTIFICATION_FAILURE', 'AUTHENTICATION_FAILURE', 'AUTHORIZATION_FAILURE', 'OTHER_ERROR'] as const;
const LONGEST_VALUE = 200;

/** GET /error/REF: says what a reference is for. Whether it exists is not told. */
export function createReferencePage(texts: Texts): Page {
  return {
    path: '/error/:reference',
    get: (visit): Promise<HttpReply> => {
      const reference = (visit.parameters['reference'] ?? '').toUpperCase();
      if (!REFERENCE.test(reference)) return Promise.reject(new RequestRefused('absent', 'not a reference'));
      return Promise.resolve({
        kind: 'page',
        status: 200,
        view: 'errors/reference',
        model: { title: texts.text('reference.title', { reference }), reference, scripts: ['ui.js'] },
      });
    },
  };
}

/** GET /support: for people an application sends here. Every parameter is untrusted text (design 6.8). */
export function createSupportPage(texts: Texts): Page {
  return {
    path: '/support',
    get: (visit): Promise<HttpReply> => {
      const read = (name: string): string => clean(visit.query.get(name) ?? '');
      const code = CODES.find((known) => known === read('ERRORURL_CODE')) ?? 'OTHER_ERROR';
      const facts = [
        { name: texts.text('support.application'), value: read('ERRORURL_RP') },
        { name: texts.text('support.time'), value: readTime(read('ERRORURL_TS')) },
        { name: texts.text('support.transaction'), value: read('ERRORURL_TID') },
        { name: texts.text('support.context'), value: read('ERRORURL_CTX') },
      ].filter((fact) => fact.value !== '');
      return Promise.resolve({
        kind: 'page',
        status: 200,
        view: 'errors/support',
        model: {
          title: texts.text('support.title'),
          heading: texts.text(`support.${code}.heading`),
          sentence: texts.text(`support.${code}.sentence`),
          facts,
        },
      });
    },
  };
}

/** Without control and format characters, which could turn a line around; placeholders that were never filled in say nothing. */
function clean(value: string): string {
  const text = value
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, LONGEST_VALUE);
  return text.startsWith('ERRORURL_') ? '' : text;
}

/** Seconds since 1970, as errorURL has it, in words; anything else as it came. */
function readTime(value: string): string {
  if (!/^\d{1,11}$/u.test(value)) return value;
  return new Date(Number(value) * 1000).toISOString().replace('T', ' ').slice(0, 16).concat(' UTC');
}
