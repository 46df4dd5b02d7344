/** `signet decode`: what a message, a token or a recording says, and who signed it. */
import type { Command } from 'commander';
import { loadDecodeContext } from '../admin/decode/context.js';
import { decode, isSound } from '../admin/decode/decode.js';
import type { DecodeContext, Decoded, DecodedMessage, KnownKey, Section } from '../admin/decode/decoded.js';
import { SignetError } from '../core/errors.js';
import { readCertificate } from '../crypto/certificate.js';
import { type Cli, collect, type Session, withExamples } from './context.js';
import { namingFile, readAll, readBytes } from './files.js';
import { EXIT, oneLine, pairs, wrappedTable } from './output.js';

interface Options {
  readonly certificate?: readonly string[];
  readonly mask?: boolean;
  readonly xml?: boolean;
}

export function registerDecode(command: Command, cli: Cli): void {
  withExamples(command, 'decode response.txt', 'decode recording.har --mask', 'decode - --certificate partner.crt --json < token.jwt')
    .argument('<file>', 'XML, base64, an address, a form, a JWT or a recording (HAR); - reads standard input')
    .option('--certificate <file>', 'of somebody who may have signed it (repeatable)', collect)
    .option('--mask', 'mask values of people, as in the sign-on log')
    .option('--xml', 'only the XML, as it stands')
    .addHelpText('after', '\nNothing is stored and nothing is sent. Exit 6 when a signature is not verified or something in it must not be accepted.')
    .action((file: string, options: Options) => cli.run((session) => decodeFile(session, file, options)));
}

async function decodeFile(session: Session, file: string, options: Options): Promise<number | undefined> {
  const { output } = session;
  const input = file === '-' ? await readAll(session.stdin) : await readBytes(file);
  const given = (await Promise.all((options.certificate ?? []).map(readCertificates))).flat();
  const known = await openContext(session);
  const context: DecodeContext = { ...known, keys: [...known.keys, ...given], ...(options.mask === true ? { mask: true } : {}) };
  const decoded = await namingFile(file, () => decode(input, context));
  if (options.xml === true && !output.json) output.raw(xmlOf(decoded));
  else output.result(decoded, decoded.messages.map(describeMessage).join('\n\n\n'));
  return isSound(decoded) ? undefined : EXIT.findings;
}

/** Our own keys and applications, where there is a store; it is never made for this. */
async function openContext(session: Session): Promise<DecodeContext> {
  const now = session.clock.now();
  const { settings } = await session.settings();
  const { hasDatabase } = await import('../config/data-folder.js');
  if (!hasDatabase(settings)) {
    session.output.hint('note: there is no store here; signatures are tried against the certificates given with --certificate only.');
    return { now, keys: [] };
  }
  try {
    const { storage } = await session.open();
    const { entityId, wsfedIssuer, baseUrl } = settings;
    return await loadDecodeContext({ keys: storage.signingKeys, relyingParties: storage.relyingParties, issuers: [entityId, wsfedIssuer], baseUrl, now });
  } catch (error) {
    if (!(error instanceof SignetError) || error.code !== 'unavailable') throw error;
    session.output.hint('note: the store cannot be reached; signatures are tried against the certificates given with --certificate only.');
    return { now, keys: [] };
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** PEM with any number of certificates, base64, or DER. */
async function readCertificates(file: string): Promise<readonly KnownKey[]> {
  const bytes = await readBytes(file);
  const text = bytes.toString('latin1');
  const found = text.match(PEM) ?? [/^[A-Za-z0-9+/=\s-]+$/u.test(text) ? text : bytes.toString('base64')];
  return namingFile(file, () => Promise.resolve(found.map((one) => ({ certificate: readCertificate(one).certificate, whose: `the certificate in ${file}` }))));
}

function xmlOf({ messages }: Decoded): string {
  const found = messages.flatMap(({ xml }) => xml ?? []);
  if (found.length === 0) throw new SignetError('not_found', 'There is no XML in it, or it is masked; leave --xml or --mask away');
  return found.map((xml) => `${xml}\n`).join('');
}

/** Wide enough for most names; longer ones go on below. */
const NAME_WIDTH = 48;

function describeMessage({ title, steps, request, sections, signatures, findings }: DecodedMessage): string {
  const from = request === undefined ? [] : [oneLine(`${request.time}  ${request.method} ${request.url}`)];
  const blocks = [
    [...from, oneLine(title), `  ${steps.join(' -> ')}`].join('\n'),
    ...sections.filter(({ fields }) => fields.length > 0).map(describeSection),
    ...(signatures.length === 0
      ? []
      : [
          wrappedTable(
            ['signature of', 'algorithm', 'result'],
            signatures.map(({ of, algorithm, sentence }) => [of, algorithm, sentence]),
            NAME_WIDTH,
          ),
        ]),
    ...(findings.length === 0
      ? []
      : [
          wrappedTable(
            ['level', 'finding', 'what it is, and what to do'],
            findings.map(({ level, id, sentence, fix }) => [level, id, `${sentence} ${fix}`]),
            NAME_WIDTH,
          ),
        ]),
  ];
  return blocks.join('\n\n');
}

function describeSection({ title, verified, fields }: Section): string {
  const covered = verified === undefined ? '' : verified ? ' (verified)' : ' (not verified)';
  return `${oneLine(title)}${covered}\n${pairs(fields.map(({ name, value }) => [`  ${oneLine(name)}`, value]))}`;
}
