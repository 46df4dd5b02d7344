/** Where a pattern may stand without taking a character. */
import { has } from './char-set.js';
import { WORD_AT_BOUNDARY } from './named-sets.js';
import type { Assertion } from './tree.js';

const LINE_FEED = 0x0a;

/**
 * True when the assertion holds at a place of the text.
 *
 * @param scanStart where \G holds
 */
export function holds(what: Assertion, text: string, place: number, scanStart: number): boolean {
  switch (what) {
    case 'start':
      return place === 0;
    case 'end':
      return place === text.length;
    case 'last line end':
      return place === text.length || (place === text.length - 1 && text.charCodeAt(place) === LINE_FEED);
    case 'line start':
      return place === 0 || text.charCodeAt(place - 1) === LINE_FEED;
    case 'line end':
      return place === text.length || text.charCodeAt(place) === LINE_FEED;
    case 'word boundary':
      return isWord(text, place - 1) !== isWord(text, place);
    case 'no word boundary':
      return isWord(text, place - 1) === isWord(text, place);
    case 'scan start':
      return place === scanStart;
  }
}

function isWord(text: string, place: number): boolean {
  return place >= 0 && place < text.length && has(WORD_AT_BOUNDARY(), text.charCodeAt(place));
}
