import type { AddressInfo } from 'node:net';
import express from 'express';
import { openCqlFloor } from './floor-cql.js';
import { openLmdbFloor } from './floor-lmdb.js';

// What the product's answers cost at least: a bare Express 5 that does the same work on the same store, but checks,
// protects and counts nothing. Sensible, not crippled: no ETag and no X-Powered-By, which nobody needs on an answer
// that holds a live token and is never cached.
const { SESSION_STORE, DATA_DIR = '' } = process.env;
const store = SESSION_STORE === 'scylla' ? await openCqlFloor(process.env) : openLmdbFloor(DATA_DIR);

const app = express().disable('etag').disable('x-powered-by');
app.use(express.json());

app.post('/sessions', async (request, response) => {
  const { user_name, memory_fragment, ttl } = request.body as {
    user_name: string;
    memory_fragment: string;
    ttl: number;
  };
  const session = await store.create(user_name, memory_fragment, ttl);
  response.status(201).location(`/sessions/${session.token}`).json(session);
});

app.get('/sessions/:token', async (request, response) => {
  const session = await store.find(request.params.token);
  if (session) response.json(session);
  else response.sendStatus(404);
});

app.get('/sessions', async (request, response) => {
  const limit = Number(request.query.limit ?? 100);
  const { sessions, next } = await store.list(limit, request.query.cursor as string | undefined);
  if (next) response.links({ next: `/sessions?limit=${limit}&cursor=${next}` });
  response.json(sessions);
});

app.delete('/sessions/:token', async (request, response) => {
  await store.remove(request.params.token);
  response.sendStatus(204);
});

const server = app.listen(0, '127.0.0.1', () =>
  console.log(`The floor runs: http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
process.once('SIGTERM', () => process.exit());
