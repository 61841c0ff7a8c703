import createClient, { type Middleware } from 'openapi-fetch';
import { IdempotencyKeys } from './idempotency-keys';
import type { paths } from './openapi.gen';
import { readAfter, remember, type Positions } from './positions';

const keys = new IdempotencyKeys(() => crypto.randomUUID());
const actionOf = new WeakMap<Request, string>();
let written: Positions = new Map();

/** An Idempotency-Key on every POST. Nothing here ever sends a POST again by itself. */
const idempotency: Middleware = {
  async onRequest({ request }) {
    if (request.method !== 'POST') return;
    const action = `${request.url} ${await request.clone().text()}`;
    request.headers.set('Idempotency-Key', keys.keyFor(action));
    actionOf.set(request, action);
  },
  onResponse({ request }) {
    const action = actionOf.get(request);
    if (action !== undefined) keys.answered(action);
  },
};

/** Remembers what this page wrote, so that the activity list can ask to see it (I8). */
const positions: Middleware = {
  onResponse({ response }) {
    const header = response.headers.get('Cofactor-Position');
    if (header !== null) written = remember(written, header);
  },
};

/** The header with which a list of others' data includes this page's own writes. */
export const readAfterHeader = (): { 'Cofactor-Read-After'?: string } => {
  const header = readAfter(written);
  return header === null ? {} : { 'Cofactor-Read-After': header };
};

/** Calls of the public interface, typed from its OpenAPI document. The cookie carries who is calling. */
export const api = createClient<paths>({ credentials: 'same-origin', cache: 'no-store' });
api.use(idempotency, positions);
