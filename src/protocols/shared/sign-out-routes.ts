/** The addresses behind the pages of a sign-out. */
import type { HttpReply } from '../../http/reply.js';
import type { Route } from '../../http/route.js';
import type { SignOutUnderWay } from './sign-out.js';
import { DONE_PATH, FRAME_PATH, PROGRESS_PATH, RUN_PATH } from './sign-out-pages.js';

/** The addresses that the pages of a sign-out ask. They change nothing and need no cookie: the id is unguessable. */
export function createSignOutRoutes(signOut: SignOutUnderWay): readonly Route[] {
  const route = (path: string, handle: (query: URLSearchParams) => Promise<HttpReply>): Route => ({
    path,
    methods: ['GET'],
    bodyLimit: 0,
    handle: ({ rawQuery }) => handle(new URLSearchParams(rawQuery)),
  });
  return [
    route(RUN_PATH, (query) => signOut.page(query.get('id') ?? '')),
    route(PROGRESS_PATH, async (query) => {
      const { states, done } = (await signOut.progress(query.get('id') ?? '')) ?? { states: [], done: true };
      const body = JSON.stringify({ done, applications: states.map((state, index) => ({ key: String(index), state })) });
      return { kind: 'text', status: 200, type: 'application/json', body };
    }),
    route(FRAME_PATH, (query) => signOut.frame(query.get('id') ?? '', readNumber(query.get('n')))),
    route(DONE_PATH, (query) => signOut.finish(query.get('id') ?? '', new Set((query.get('unreachable') ?? '').split('.').map(readNumber)))),
  ];
}

/** -1, which is nobody, for what is no number. */
function readNumber(text: string | null): number {
  return text !== null && /^\d{1,4}$/u.test(text) ? Number(text) : -1;
}
