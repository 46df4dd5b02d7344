/** Route: one address of a protocol, as data. */
import type { HttpReply } from './reply.js';
import type { HttpRequest } from './request.js';

export interface Route {
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  /** Most bytes a body may have. */
  readonly bodyLimit: number;
  readonly handle: (request: HttpRequest) => Promise<HttpReply>;
}
