import { DomainError } from '@cofactor/contracts';
import type { Agent, RequestListener, ServerResponse } from 'node:http';
import type { HttpClientParts } from './http-client';
import { aContext, gatewayClient, listen, table, type Listening } from './operations.fixture';

const unavailable = { name: 'DomainError', code: 'unavailable', extras: { retryAfter: 2 } };
const soon = { timeout: 500 };

const write = (mediaType: string, body: string, status = 200): RequestListener => {
  return (request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': mediaType }).end(body);
  };
};
const answerRightly = write('application/json', '{"text":"right"}');
const reset: RequestListener = (request) => request.socket.resetAndDestroy();
const hang: RequestListener = (request) => void request.resume();

/** Begins an answer and waits until the caller has it. */
function beginAnswer(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  return new Promise((resolve) => response.write('{"text":', () => resolve()));
}

describe('I3 a call over HTTP', () => {
  const servers: Listening[] = [];
  const agents: Agent[] = [];
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** A client of a server that answers its calls with these, one after another, and the last of them from then on. */
  async function calling(answers: readonly RequestListener[], parts: Partial<HttpClientParts> = {}) {
    let calls = 0;
    const server = await listen((request, response) =>
      answers[Math.min(calls++, answers.length - 1)]?.(request, response),
    );
    servers.push(server);
    const made = await gatewayClient(table, server.base, parts);
    agents.push(made.agent);
    return { ...made, server, calls: () => calls };
  }
  const echo = ({ client }: Pick<Awaited<ReturnType<typeof calling>>, 'client'>) =>
    client.echo({ text: '' }, aContext());

  it('is unavailable where nobody listens, and says which call it was', async () => {
    const made = await calling([hang]);
    await made.server.close();
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(made.lines.join('')).toMatch(/"called":"identity","operation":"echo","requestId":"request-1".*ECONNREFUSED/);
  });

  it('is unavailable where the other side hangs, before or in the middle of its answer', async () => {
    const halfway: RequestListener = (_request, response) => void beginAnswer(response);
    for (const answer of [hang, halfway]) {
      const made = await calling([answer], soon);
      await expect(echo(made)).rejects.toMatchObject(unavailable);
      expect(made.lines.join('')).toContain('"fault":"timed-out"');
      expect(made.calls()).toBe(1);
    }
  });

  it('does not wait for an answer that takes 30 seconds', async () => {
    const timers: NodeJS.Timeout[] = [];
    const slowly: RequestListener = (request, response) => {
      timers.push(setTimeout(() => answerRightly(request, response), 30_000));
    };
    const made = await calling([slowly], soon);
    const began = performance.now();
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const timer of timers) clearTimeout(timer);
  });

  it('is unavailable where the connection breaks, before or in the middle of the answer', async () => {
    const halfway: RequestListener = (request, response) => {
      void beginAnswer(response).then(() => request.socket.destroy());
    };
    for (const answer of [reset, halfway]) {
      const made = await calling([answer]);
      await expect(echo(made)).rejects.toMatchObject(unavailable);
      expect(made.calls()).toBe(2);
    }
  });

  it.each([
    ['broken JSON', write('application/json', '{"text":"canary')],
    ['JSON of another shape', write('application/json', '{"text":1,"more":"canary"}')],
    ['nothing', write('application/json', '')],
    ['JSON that says that it is a page', write('text/html', '{"text":"canary"}')],
    ['a page', write('text/html', '<p>canary</p>')],
    ['a page of a fault', write('text/html', '<p>canary</p>', 500)],
    ['another status', write('application/json', '{"text":"canary"}', 201)],
    ['a redirect', write('application/json', '{"text":"canary"}', 307)],
    ['a refusal that is no problem', write('application/json', '{"code":"code-wrong","detail":"canary"}', 401)],
    ['a problem without a code', write('application/problem+json', '{"detail":"canary"}', 401)],
    ['5 MB', write('application/json', JSON.stringify({ text: 'canary'.repeat(900_000) }))],
  ])('takes %s for no answer, and I4 logs nothing of it', async (_name, answer) => {
    const made = await calling([answer]);
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(made.lines.join('')).toContain('a call was not answered');
    expect(made.lines.join('')).not.toContain('canary');
    expect(made.calls()).toBe(1);
  });

  it('takes the page of a proxy that reached nobody for no answer, and is repeated', async () => {
    for (const status of [502, 503, 504]) {
      const made = await calling([write('text/html', '<p>canary</p>', status), answerRightly]);
      await expect(echo(made)).resolves.toEqual({ text: 'right' });
    }
  });

  it('takes a code that it does not know for a fault of the other side', async () => {
    for (const code of ['of-tomorrow', 'constructor', '__proto__']) {
      const made = await calling([write('application/problem+json', JSON.stringify({ code, detail: 'New.' }), 409)]);
      await expect(echo(made)).rejects.toMatchObject({ code: 'internal', extras: {} });
    }
  });

  it('works again as soon as the other side does', async () => {
    const made = await calling([reset, reset, answerRightly]);
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    await expect(echo(made)).resolves.toEqual({ text: 'right' });
  });

  it('is repeated once, after a part of the pause, where the connection broke and the table says that it may', async () => {
    let asked = 0;
    const jitter = () => {
      asked += 1;
      return 0;
    };
    const made = await calling([reset, answerRightly], { jitter });
    await expect(echo(made)).resolves.toEqual({ text: 'right' });
    expect([made.calls(), asked]).toEqual([2, 1]);
    const keyed = await calling([reset, answerRightly]);
    await expect(keyed.client.send({ text: '' }, aContext('key-1'))).resolves.toEqual({ text: 'right' });
  });

  it('is not repeated where the table says never, nor without the key that it asks for', async () => {
    const made = await calling([reset, reset, answerRightly]);
    await expect(made.client.count({ text: '' }, aContext('key-1'))).rejects.toMatchObject(unavailable);
    await expect(made.client.send({ text: '' }, aContext())).rejects.toMatchObject(unavailable);
    expect(made.calls()).toBe(2);
  });

  it('ends in its time, the repeat included', async () => {
    const made = await calling([reset, hang], soon);
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(made.calls()).toBe(2);
    expect(made.lines.join('')).toContain('"fault":"timed-out"');
  });

  it('ends in its time, the pause before the repeat included', async () => {
    const made = await calling([reset, hang], { ...soon, jitter: () => 100 });
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(made.calls()).toBe(1);
    expect(made.lines.join('')).toContain('"fault":"timed-out"');
  });

  it('is not made for a while after five failures in a row, then tried again', async () => {
    let milliseconds = 0;
    const answers = [...Array.from({ length: 10 }, () => reset), answerRightly];
    const made = await calling(answers, { milliseconds: () => milliseconds });
    for (let failures = 0; failures < 5; failures += 1) await expect(echo(made)).rejects.toMatchObject(unavailable);
    await expect(echo(made)).rejects.toMatchObject(unavailable);
    expect(made.calls()).toBe(10);
    milliseconds = 2_000;
    await expect(echo(made)).resolves.toEqual({ text: 'right' });
  });

  it('may be refused again and again without being held back', async () => {
    const refusal = write('application/problem+json', '{"code":"code-wrong","detail":"Another."}', 401);
    const made = await calling([refusal]);
    for (let refusals = 1; refusals < 9; refusals += 1) {
      await expect(echo(made)).rejects.toBeInstanceOf(DomainError);
      expect(made.calls()).toBe(refusals);
    }
  });

  it('uses the connection of the call before', async () => {
    const made = await calling([answerRightly]);
    let connections = 0;
    made.server.server.on('connection', () => (connections += 1));
    for (let calls = 0; calls < 5; calls += 1) await echo(made);
    expect(connections).toBe(1);
  });
});
