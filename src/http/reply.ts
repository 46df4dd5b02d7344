/** HttpReply: what a handler answers, as a value. The adapter in web/ writes it to the socket. */
export type HttpReply =
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: 302 | 303 }
  | PostFormReply
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | PageReply;

/** The hand-off page of the HTTP-POST binding (SAML Bindings 3.5.4). */
export interface PostFormReply {
  readonly kind: 'post-form';
  /** A registered reply address. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Shown in the heading: "Taking you to …". */
  readonly applicationName: string;
  /** The form posts from inside a frame of ours. */
  readonly framed?: true;
}

/** A page of views/: name and values. */
export interface PageReply {
  readonly kind: 'page';
  readonly status: number;
  readonly view: string;
  readonly model: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}
