import { eventually } from '@cofactor/testkit';
import { createServer } from 'node:http';
import { z } from 'zod';
import { listen, type Listening } from './operations.fixture';
import { startTracing, traced, untraced, type Step, type Tracing } from './tracing';

const sent = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.looseObject({
              name: z.string(),
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              status: z.looseObject({ message: z.string().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

const bodies: string[] = [];
let collector: Listening;
let tracing: Tracing;
beforeEach(async () => {
  bodies.length = 0;
  collector = await listen((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  tracing = await startTracing('identity', collector.base);
});
afterEach(async () => {
  await tracing.close();
  await collector.close();
});

const step = (name: string, traceparent: string | null): Step => ({
  name,
  kind: 'server',
  traceparent,
  attributes: {},
});
const spans = () =>
  bodies.flatMap((body) =>
    sent.parse(JSON.parse(body)).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );

describe('traces', () => {
  it('go on in the trace of the request, each step below the one that caused it', async () => {
    const cause = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await traced(tracing, step('gateway', cause), (door) =>
      traced(tracing, step('identity', door), async (inner) => {
        expect(inner).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[\da-f]{16}-01$/);
      }),
    );
    await tracing.close();
    const [inner, door] = await eventually(spans, ({ length }) => length === 2);
    expect(door).toMatchObject({ name: 'gateway', parentSpanId: '00f067aa0ba902b7' });
    expect(inner).toMatchObject({ name: 'identity', traceId: door?.traceId, parentSpanId: door?.spanId });
  });

  it('begin where there is none, and say with which code a step failed, not with which words', async () => {
    const failing = traced(tracing, step('identity', null), () =>
      Promise.reject(Object.assign(new Error('canary words'), { code: 'code-wrong' })),
    );
    await expect(failing).rejects.toThrow('canary');
    await tracing.close();
    const [span] = await eventually(spans, ({ length }) => length === 1);
    expect(span).toMatchObject({ status: { message: 'code-wrong' } });
    expect(bodies.join('')).not.toContain('canary');
  });

  it('are not made of what the caller does not want traced', async () => {
    const cause = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    await traced(tracing, step('gateway', cause), async (door) => {
      expect(door).toMatch(/-00$/);
    });
    await tracing.close();
    expect(spans()).toEqual([]);
  });

  it('are handed on as they came where no collector is named', async () => {
    expect(await startTracing('identity', undefined)).toBe(untraced);
    await traced(untraced, step('gateway', 'what came'), async (door) => expect(door).toBe('what came'));
  });

  it('cost nobody anything when the collector is away', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    const lonely = await startTracing('identity', `http://127.0.0.1:${port}`);
    expect(await traced(lonely, step('gateway', null), async () => 'done')).toBe('done');
    await lonely.close();
  });
});
