/**
 * samlify as the other side. An instance of its own: the one that src/xml uses has its signer replaced for the whole
 * process, and a counterpart must sign and verify as it comes.
 */
import { createRequire } from 'node:module';
import type Samlify from 'samlify';
import { schemaProblems } from './xml-oracles.js';

const require = createRequire(import.meta.url);

function loadAgain(): typeof Samlify {
  const cache = require.cache;
  const ours = Object.keys(cache).filter((path) => path.includes('/node_modules/samlify/'));
  const kept = ours.map((path) => [path, cache[path]] as const);
  for (const path of ours) Reflect.deleteProperty(cache, path);
  const fresh = require('samlify') as typeof Samlify;
  for (const [path, entry] of kept) if (entry !== undefined) cache[path] = entry;
  return fresh;
}

/** Validates what it reads against the OASIS schemas, as its users are asked to. */
export function samlifyCounterpart(): typeof Samlify {
  const samlify = loadAgain();
  samlify.setSchemaValidator({
    validate: (xml: string) => {
      const problems = schemaProblems(xml);
      return problems.length === 0 ? Promise.resolve('valid') : Promise.reject(new Error(problems.join('; ')));
    },
  });
  return samlify;
}
