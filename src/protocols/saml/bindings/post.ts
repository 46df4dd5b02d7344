/** HTTP-POST (SAML Bindings 3.5): base64 of the XML in a form, signed inside the XML. */
import type { Trace } from '../../../core/checks/trace.js';
import type { PostFormReply } from '../../../http/reply.js';
import { checkRelayState, type DecodedMessage, fromBase64, MESSAGE_LIMIT, type MessageParameter, OTHER } from './redirect.js';

/** Reads a form that carries one message. Errors: check request.binding, request.decodable, request.size, request.relaystate. */
export function decodePost(form: ReadonlyMap<string, string>, rawQuery: string, trace: Trace, wanted: MessageParameter = 'SAMLRequest'): DecodedMessage {
  const encoded = form.get(wanted);
  const foreign = [OTHER[wanted], 'Signature', 'SigAlg', 'SAMLEncoding'].find((name) => form.has(name));
  if (encoded === undefined || foreign !== undefined) {
    throw trace.failure('request.binding', { observed: foreign ?? `no ${wanted}`, expected: `one ${wanted} in the form` });
  }
  // A message in the query beside the one in the body: never merged (Bindings 3.4, 3.5).
  if (/(^|&)(SAMLRequest|SAMLResponse|Signature|SigAlg)=/u.test(rawQuery)) {
    throw trace.failure('request.binding', { observed: 'a message in the query as well', expected: 'one binding' });
  }
  const xml = fromBase64(encoded, trace);
  if (xml.length > MESSAGE_LIMIT) {
    throw trace.failure('request.size', { observed: `${String(Math.ceil(xml.length / 1024))} KB`, expected: `${String(MESSAGE_LIMIT / 1024)} KB` });
  }
  const relayState = form.get('RelayState');
  return { xml, relayState: relayState === undefined ? undefined : checkRelayState(relayState, trace), signature: undefined };
}

/** The form that carries a message to a registered address (Bindings 3.5.4). RelayState only where one was received. */
export function encodePost(
  action: string,
  message: {
    readonly parameter: MessageParameter;
    /** base64 */
    readonly value: string;
    readonly relayState: string | undefined;
    readonly applicationName: string;
  },
): PostFormReply {
  return {
    kind: 'post-form',
    action,
    fields: { [message.parameter]: message.value, ...(message.relayState === undefined ? {} : { RelayState: message.relayState }) },
    applicationName: message.applicationName,
  };
}
