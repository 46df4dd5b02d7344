/**
 * The parameters of a WS-Federation message (WS-Federation 1.2, 13.2), as text. Form fields win over the query, unknown
 * parameters are ignored, and one that comes twice is refused: another reader could take the other.
 */
import type { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import type { HttpRequest } from '../../http/request.js';
import { readQuery } from '../shared/query.js';

/** Everything this protocol reads; what it means is for whoever answers the message. */
export const PARAMETERS = ['wa', 'wtrealm', 'wreply', 'wctx', 'wct', 'wfresh', 'wauth', 'whr', 'wreq', 'wreqptr', 'login_hint', 'username', 'prompt'] as const;
export type Parameter = (typeof PARAMETERS)[number];

/** An empty value is a value: it is said by whoever reads it whether it means anything. */
export type Parameters = ReadonlyMap<Parameter, string>;

/** Several methods may be asked for: the one parameter that may come more than once. Its values are joined by a blank. */
const REPEATABLE: readonly Parameter[] = ['wauth'];

export const WCTX_LIMIT = 8 * 1024;

/** Reads the message. Errors: check wsfed.parameters. */
export function readParameters(inbound: Pick<HttpRequest, 'rawQuery' | 'form'>, trace: Trace): Parameters {
  const found = new Map<Parameter, string>();
  for (const [name, values] of readStrictly(inbound.rawQuery, trace)) {
    if (values.length > 1 && !REPEATABLE.includes(name)) {
      throw trace.failure('wsfed.parameters', { observed: `${name} ${String(values.length)} times`, expected: 'each parameter once' });
    }
    found.set(name, values.join(' '));
  }
  for (const name of PARAMETERS) {
    const value = inbound.form.get(name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** What the message wants, for choosing who answers it; undefined when it cannot be read. */
export function actionOf({ rawQuery, form }: Pick<HttpRequest, 'rawQuery' | 'form'>): string | undefined {
  try {
    return form.get('wa') ?? readQuery(rawQuery, ['wa']).get('wa')?.[0];
  } catch {
    return undefined;
  }
}

/** wctx as it came, or undefined when it did not come: an opaque value, never interpreted (threats I04). Errors: check wsfed.wctx. */
export function readContext(parameters: Parameters, trace: Trace): string | undefined {
  const context = parameters.get('wctx');
  const bytes = Buffer.byteLength(context ?? '');
  trace.check('wsfed.wctx', bytes <= WCTX_LIMIT, { observed: `${String(bytes)} bytes`, expected: `${String(WCTX_LIMIT)} bytes` });
  return context;
}

function readStrictly(rawQuery: string, trace: Trace): ReadonlyMap<Parameter, readonly string[]> {
  try {
    return readQuery(rawQuery, PARAMETERS);
  } catch (error) {
    if (error instanceof SignetError) throw trace.failure('wsfed.parameters', { observed: error.message, expected: 'percent-encoded UTF-8' }, error);
    throw error;
  }
}
