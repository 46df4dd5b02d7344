/** `signet health`: what the running node says of itself, for probes of containers and services. */
import type { Command } from 'commander';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Settings } from '../config/settings.js';
import { readWebAddress } from '../net/address.js';
import { type Cli, withExamples } from './context.js';
import { EXIT } from './output.js';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 64 * 1024;

interface Answer {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

export function registerHealth(command: Command, cli: Cli): void {
  withExamples(command, 'health', 'health --url https://login.example.com --json')
    .option('--url <url>', 'address of the node; where this one would listen unless given')
    .action((options: { readonly url?: string }) =>
      cli.run(async ({ output, settings }) => {
        const url = readyAddress(options.url ?? ownAddress((await settings()).settings));
        const answer = await ask(url, options.url === undefined);
        output.result({ url: url.href, ...answer }, answer.ready ? 'ready' : `not ready: ${answer.reasons.join('; ')}`);
        return answer.ready ? EXIT.done : EXIT.refused;
      }),
    );
}

function ownAddress({ host, port, tls }: Settings): string {
  // Whoever listens everywhere answers on this machine.
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls === undefined ? 'http' : 'https'}://${reached.includes(':') ? `[${reached}]` : reached}:${String(port)}`;
}

function readyAddress(text: string): URL {
  return new URL(`${readWebAddress(text).href.replace(/\/+$/u, '')}/readyz`);
}

/** A node that does not answer is not ready. @param own this very machine, whose certificate is for another name */
function ask(url: URL, own: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (why: string): void => {
      resolve({ ready: false, reasons: [`${url.origin} ${why}`] });
    };
    const options = { timeout: TIMEOUT_MS, agent: false as const, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const outgoing = url.protocol === 'https:' ? httpsRequest(url, { ...options, rejectUnauthorized: !own }) : httpRequest(url, options);
    outgoing.on('error', () => {
      fail('does not answer');
    });
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (text.length < MAX_BYTES) text += chunk;
      });
      response.on('error', () => {
        fail('broke the connection');
      });
      response.on('end', () => {
        const reasons = text.split('\n').filter((line) => line !== '' && line !== 'not ready');
        if (response.statusCode === 200) resolve({ ready: true, reasons: [] });
        else if (response.statusCode === 503) resolve({ ready: false, reasons });
        else fail(`answers with status ${String(response.statusCode)}; is it a node of Signet?`);
      });
    });
    outgoing.end();
  });
}
