/** A bare Express route that answers with as many octets as a hand-off page has: the floor under anything on Express. */
import type { AddressInfo } from 'node:net';
import express from 'express';

const BODY = `<!doctype html><title>fixed</title>${'x'.repeat(7300)}`;

const app = express();
app.get('/saml/sso', (_request, response) => {
  response.type('html').send(BODY);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
