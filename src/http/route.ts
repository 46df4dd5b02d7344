/** Route: one address of a protocol, as data. */
import type { HttpReply } from './reply.js';
import type { HttpRequest } from './request.js';

/** Why a body never reached the handler. */
export interface BodyRefused {
  readonly reason: 'too-large' | 'wrong-type' | 'unreadable';
  readonly observed: string;
}

export interface Route {
  readonly path: string;
  /** The path counts in any letter case, as on the servers whose addresses we take over. */
  readonly anyCase?: true;
  readonly methods: readonly ('GET' | 'POST')[];
  /** Most bytes a body may have. */
  readonly bodyLimit: number;
  readonly handle: (request: HttpRequest) => Promise<HttpReply>;
  /** Answers, and records, a request whose body was refused unread; status and headers follow from the reason. */
  readonly refuse?: (request: HttpRequest, refused: BodyRefused) => HttpReply;
}
