import { SigningKeys } from './signing-keys';
import { DomainError } from '@cofactor/contracts';
import type { Agent, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { keepAliveAgent, post } from './http-exchange';
import { aContext, identityListener, listen, now, signingKeys, type Listening } from './operations.fixture';
import type { OperationServer } from './operations';
import { readJson } from './request-body';
import { ServiceTokenSigner } from './service-tokens';

describe('the door of a service in trouble', () => {
  const servers: Listening[] = [];
  let agent: Agent;
  let headers: Record<string, string>;

  beforeEach(async () => {
    agent = keepAliveAgent();
    const signer = new ServiceTokenSigner('gateway', await SigningKeys.of([signingKeys.gateway]));
    const authorization = `Bearer ${await signer.tokenFor('identity', 'echo', now)}`;
    headers = { authorization, 'content-type': 'application/json', 'x-request-id': 'request-1' };
  });
  afterEach(async () => {
    agent.destroy();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serving(dispatch: OperationServer['dispatch']) {
    const { listener, lines } = await identityListener({ dispatch });
    const served = await listen(listener);
    servers.push(served);
    const body = JSON.stringify({ request: { text: 'hello' }, context: aContext() });
    const ask = (signal = AbortSignal.timeout(10_000)) =>
      post(new URL('/operations/echo', served.base), { agent, body, headers, signal });
    return { ask, served, lines };
  }

  it('I4 tells nothing of a fault, and logs it under the id of the request', async () => {
    const { ask, lines } = await serving(() => Promise.reject(new Error('canary')));
    const answered = await ask();
    expect(answered.status).toBe(500);
    expect(JSON.parse(answered.body)).toMatchObject({ code: 'internal', requestId: 'request-1' });
    expect(answered.body).not.toContain('canary');
    expect(lines.join('')).toContain('"requestId":"request-1","msg":"a call failed"');
  });

  it('says in whole seconds when to come again', async () => {
    const { ask } = await serving(() => Promise.reject(new DomainError('too-many-attempts', { retryAfter: 1.2 })));
    expect((await ask()).headers['retry-after']).toBe('2');
  });

  it('stays open when a caller hangs up before its answer', async () => {
    const gates = { begun: gate(), hungUp: gate(), mayFinish: gate() };
    const { ask, served } = await serving(async (_name, request) => {
      gates.begun.open();
      await gates.mayFinish.opened;
      return request;
    });
    served.server.once('request', (_request, response: ServerResponse) => response.once('close', gates.hungUp.open));
    const hangUp = new AbortController();
    const lost = ask(hangUp.signal);
    await gates.begun.opened;
    hangUp.abort();
    await expect(lost).rejects.toMatchObject({ name: 'CallFailed' });
    await gates.hungUp.opened;
    gates.mayFinish.open();
    expect((await ask()).status).toBe(200);
  });

  it('stays open when a caller hangs up in the middle of its request', async () => {
    const { ask, served } = await serving((_name, request) => Promise.resolve(request));
    await halfARequest(served, headers);
    expect((await ask()).status).toBe(200);
  });

  it('does not wait for the rest of a request that never comes', async () => {
    let given: (outcome: unknown) => void = () => undefined;
    const outcome = new Promise<unknown>((resolve) => (given = resolve));
    const served = await listen((request) => void readJson(request).catch(given));
    servers.push(served);
    await halfARequest(served, headers);
    expect(await outcome).toMatchObject({ code: 'malformed-request' });
  });
});

/** A promise and the function that resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Sends the head of a request and a part of its body, then resets the connection. */
function halfARequest({ server }: Listening, headers: Record<string, string>): Promise<void> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  const head = Object.entries({ host: 'identity', ...headers, 'content-length': '100' });
  const lines = ['POST /operations/echo HTTP/1.1', ...head.map(([name, value]) => `${name}: ${value}`)];
  return new Promise((resolve, reject) => {
    server.once('request', (_request, response: ServerResponse) => {
      response.once('close', resolve);
      socket.resetAndDestroy();
    });
    const socket = connect(address.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n{"request":`));
    socket.on('error', reject);
  });
}
