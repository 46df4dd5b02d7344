/** The Wiki as a process: started by `npm run demo` with the wished port and the address of Signet, ready when it says so, and gone when its parent is. */
import { keepFresh, readAddress } from '../shared/fresh.js';
import { onWishedPort } from '../shared/ports.js';
import { listen } from '../shared/site.js';
import { createWiki } from './app.js';
import { readIssuer } from './issuer.js';

const METADATA_PATH = '/FederationMetadata/2007-06/FederationMetadata.xml';

const [port = '0', signetUrl = ''] = process.argv.slice(2);
// However the parent ends, even killed, the channel between the two closes.
process.once('disconnect', () => process.exit(0));
// Ctrl+C reaches both: the parent decides when it is over.
process.on('SIGINT', () => undefined);

const site = await onWishedPort(Number(port), listen);
const now = (): number => Date.now();
site.use(
  createWiki({
    origin: `http://localhost:${String(site.port)}`,
    signetUrl,
    issuer: keepFresh(async () => readIssuer(await readAddress(`${signetUrl}${METADATA_PATH}`)), now),
    now,
  }),
);
process.send?.({ port: site.port });
