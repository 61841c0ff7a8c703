import { eventually } from '@cofactor/testkit';
import type { RetryPlan } from '../backoff';
import { DeadLetters, type DeadLetter } from '../dead-letters';
import { InboxReader } from '../inbox-reader';
import type { AfterEffect } from './effects-controller';
import {
  effectsOf,
  runConsumer,
  type FactToPublish,
  type RunningConsumer,
  type TransportHarness,
  type TransportOptions,
} from './transport-harness';

const soon: RetryPlan = { attempts: 8, firstDelay: 0.02, longestDelay: 0.05 };
const oneTry: RetryPlan = { attempts: 1, firstDelay: 0.02, longestDelay: 0.05 };
const nothing: AfterEffect = () => Promise.resolve();

const enrolled = (stream: string): FactToPublish => ({ stream, type: 'factor.enrolled' });
const positionOf = ({ stream, version }: { stream: string; version: number }): string => `${stream}@${version}`;
const ofStream = (effects: readonly string[], stream: string): string[] =>
  effects.filter((position) => position.startsWith(`${stream}@`));
const versions = (stream: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `${stream}@${index + 1}`);

/** A promise and the function that resolves it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The laws that every transport of facts keeps, over the real servers of the harness. */
export function describeTransportContract(name: string, makeHarness: () => Promise<TransportHarness>): void {
  jest.setTimeout(30_000);
  describe(`a transport of facts: ${name}`, () => {
    let harness: TransportHarness;
    let running: RunningConsumer[];

    const start = async (
      afterEffect: AfterEffect = nothing,
      options: Partial<TransportOptions> = {},
    ): Promise<RunningConsumer> => {
      const transport = await harness.transport({ retry: soon, batchSize: 100, ...options });
      const consumer = await runConsumer(transport, afterEffect);
      running.push(consumer);
      return consumer;
    };
    const stop = async (consumer: RunningConsumer): Promise<void> => {
      running = running.filter((each) => each !== consumer);
      await consumer.stop();
    };
    const effects = (): Promise<string[]> => effectsOf(harness.database, 'first');
    const effectsWhen = (count: number, within?: number): Promise<string[]> =>
      eventually(effects, ({ length }) => length >= count, within);
    const letters = (): Promise<readonly DeadLetter[]> => new DeadLetters(harness.database).list();
    const lettersWhen = (holds: (letters: readonly DeadLetter[]) => boolean): Promise<readonly DeadLetter[]> =>
      eventually(letters, holds);
    const caughtUp = async ({ transport }: RunningConsumer): Promise<void> => {
      await eventually(
        () => transport.lag(),
        (lag) => Object.values(lag).every((facts) => facts === 0),
      );
    };

    beforeEach(async () => {
      harness = await makeHarness();
      running = [];
    });
    afterEach(async () => {
      await Promise.all(running.map((consumer) => consumer.stop()));
      await harness.stop();
    });

    describe('delivery', () => {
      it('I1 calls every handler of a fact once, in the order of its stream, for facts from before and after the start', async () => {
        await harness.publish([enrolled('factors-a'), enrolled('factors-b'), enrolled('factors-a')]);
        const consumer = await start();
        await effectsWhen(3);
        await harness.publish([enrolled('factors-a'), { stream: 'credential-x', type: 'challenge.passed' }]);
        await effectsWhen(4);
        await caughtUp(consumer);

        const first = await effects();
        expect(ofStream(first, 'factors-a')).toEqual(versions('factors-a', 3));
        expect(ofStream(first, 'factors-b')).toEqual(versions('factors-b', 1));
        const second = await effectsOf(harness.database, 'second');
        expect(ofStream(second, 'factors-a')).toEqual(versions('factors-a', 3));
        expect([...second].sort()).toEqual([...first].sort());
        const collected = await effectsOf(harness.database, 'collected');
        expect([...collected].sort()).toEqual([...first, 'credential-x@1'].sort());
      });

      it('I1 delivers nothing of what was rolled back', async () => {
        const consumer = await start();
        await harness.publishAndRollBack([enrolled('factors-a')]);
        await harness.publish([enrolled('factors-b')]);
        await effectsWhen(1);
        await caughtUp(consumer);
        expect(await effects()).toEqual(['factors-b@1']);
      });

      it('I1 goes on after a restart where it was, with nothing lost and nothing twice', async () => {
        for (const round of [1, 2, 3]) {
          const consumer = await start();
          await harness.publish([enrolled('factors-a'), enrolled('factors-b')]);
          await effectsWhen(2 * round);
          await stop(consumer);
        }
        await harness.publish([enrolled('factors-a')]);
        await start();
        const all = await effectsWhen(7);
        expect(ofStream(all, 'factors-a')).toEqual(versions('factors-a', 4));
        expect(ofStream(all, 'factors-b')).toEqual(versions('factors-b', 3));
      });

      it('I1 undoes what a process did that was killed between an effect and its commit, and does it once', async () => {
        await harness.publish([enrolled('factors-a'), enrolled('factors-a'), enrolled('factors-b')]);
        expect(await harness.dieBeforeCommit()).toBe('SIGKILL');
        expect(await effects()).toEqual([]);
        const consumer = await start();
        // A group learns of a death by silence.
        await effectsWhen(3, 20_000);
        await caughtUp(consumer);
        expect([...(await effects())].sort()).toEqual(['factors-a@1', 'factors-a@2', 'factors-b@1']);
      });

      it('§6.8 drops facts that are delivered again', async () => {
        const facts = [enrolled('factors-a'), enrolled('factors-b'), enrolled('factors-a')];
        await harness.publish(facts);
        const before = await start();
        await effectsWhen(3);
        await stop(before);
        await harness.redeliver();
        const after = await start();
        await harness.publish([enrolled('factors-a')]);
        await effectsWhen(4);
        await caughtUp(after);
        const all = await effects();
        expect(ofStream(all, 'factors-a')).toEqual(versions('factors-a', 3));
        expect(all).toHaveLength(4);
        expect(await letters()).toEqual([]);
      });

      it('lets one of two replicas take each fact', async () => {
        const streams = ['factors-a', 'factors-b', 'factors-c', 'factors-d'];
        await harness.publish(Array.from({ length: 25 }).flatMap(() => streams.map(enrolled)));
        const consumers = await Promise.all([start(nothing, { batchSize: 7 }), start(nothing, { batchSize: 7 })]);
        await harness.publish(Array.from({ length: 5 }).flatMap(() => streams.map(enrolled)));
        await effectsWhen(120, 20_000);
        await Promise.all(consumers.map(caughtUp));
        const all = await effects();
        expect(all).toHaveLength(120);
        for (const stream of streams) expect(ofStream(all, stream)).toEqual(versions(stream, 30));
        expect(await letters()).toEqual([]);
      });
    });

    describe('a fact whose handler fails', () => {
      const failing = (
        ...positions: readonly string[]
      ): { afterEffect: AfterEffect; calls: readonly string[]; heal: () => void } => {
        const bad = new Set(positions);
        const calls: string[] = [];
        return {
          calls,
          afterEffect: (fact) => {
            calls.push(positionOf(fact));
            return bad.has(positionOf(fact)) ? Promise.reject(new TypeError('cannot read it')) : Promise.resolve();
          },
          heal: () => bad.clear(),
        };
      };

      it('is put aside alone; later facts of its stream wait, all others go on; when it succeeds, they follow in order', async () => {
        const { afterEffect, calls, heal } = failing('factors-a@2');
        const [a, b] = [enrolled('factors-a'), enrolled('factors-b')];
        await harness.publish([a, b, a, b, a, b]);
        const consumer = await start(afterEffect, { retry: { attempts: 1_000, firstDelay: 0.02, longestDelay: 0.05 } });
        await effectsWhen(4);
        await harness.publish([a, b]);
        await effectsWhen(5);
        await caughtUp(consumer);
        const aside = await lettersWhen(([head]) => (head?.attempts ?? 0) > 1);
        expect(aside.map(positionOf)).toEqual(['factors-a@2', 'factors-a@3', 'factors-a@4']);
        expect(aside.map(({ state }) => state)).toEqual(['retrying', 'waiting', 'waiting']);
        expect(aside[0]?.error).toBe('TypeError: cannot read it');
        expect(ofStream(await effects(), 'factors-a')).toEqual(['factors-a@1']);
        expect(ofStream(await effects(), 'factors-b')).toEqual(versions('factors-b', 4));
        expect(calls).not.toContain('factors-a@4');

        heal();
        expect(ofStream(await effectsWhen(8), 'factors-a')).toEqual(versions('factors-a', 4));
        await lettersWhen(({ length }) => length === 0);
        await harness.publish([a]);
        expect(ofStream(await effectsWhen(9), 'factors-a')).toEqual(versions('factors-a', 5));
      });

      it('is dead after its last attempt and blocks its stream, until it is retried', async () => {
        const { afterEffect, heal } = failing('factors-a@1');
        await start(afterEffect, { retry: { ...soon, attempts: 3 } });
        await harness.publish([enrolled('factors-a'), enrolled('factors-a')]);
        const [dead] = await lettersWhen(([head]) => head?.state === 'dead');
        expect(dead).toMatchObject({ attempts: 3, nextAttemptAt: null });
        expect(await effects()).toEqual([]);

        heal();
        await new DeadLetters(harness.database).retry(dead?.id ?? '');
        expect(await effectsWhen(2)).toEqual(versions('factors-a', 2));
        expect(await letters()).toEqual([]);
      });

      it('leaves a trace when it is discarded, never takes effect, and releases its stream', async () => {
        await start(failing('factors-a@1').afterEffect, { retry: oneTry });
        await harness.publish([enrolled('factors-a'), enrolled('factors-a')]);
        const [dead, waiting] = await lettersWhen(([head, next]) => head?.state === 'dead' && next !== undefined);
        const operator = new DeadLetters(harness.database);
        await expect(operator.discard(waiting?.id ?? '', 'not its turn')).rejects.toThrow('waits behind');
        await operator.discard(dead?.id ?? '', 'written by a faulty release');

        expect(await effectsWhen(1)).toEqual(['factors-a@2']);
        await harness.publish([enrolled('factors-a')]);
        expect(await effectsWhen(2)).toEqual(['factors-a@2', 'factors-a@3']);
        expect(await letters()).toEqual([
          expect.objectContaining({ state: 'discarded', version: 1, discardReason: 'written by a faulty release' }),
        ]);
        await expect(operator.retry(dead?.id ?? '')).rejects.toThrow('already discarded');
        await expect(operator.retry('999')).rejects.toThrow('no dead letter 999');
      });

      it('keeps its place over a restart', async () => {
        const first = await start(failing('factors-a@1').afterEffect, { retry: oneTry });
        await harness.publish([enrolled('factors-a')]);
        await lettersWhen(([head]) => head?.state === 'dead');
        await stop(first);
        await harness.publish([enrolled('factors-a'), enrolled('factors-b')]);
        await start(nothing, { retry: oneTry });
        await effectsWhen(1);
        expect((await lettersWhen(({ length }) => length === 2)).map(({ state }) => state)).toEqual([
          'dead',
          'waiting',
        ]);
        expect(await effects()).toEqual(['factors-b@1']);
      });

      it('I4 is described without the values that its query carried, in at most 500 characters of message', async () => {
        await start(
          async (fact, { transaction }) => {
            if (fact.stream === 'factors-b') throw new Error('x'.repeat(2_000));
            await transaction.query(`SELECT ($1 || '')::integer`, ['canary-secret']);
          },
          { retry: oneTry },
        );
        await harness.publish([enrolled('factors-a'), enrolled('factors-b')]);
        const [refused, long] = await lettersWhen(({ length }) => length === 2);
        expect(refused?.error).toContain('22P02');
        expect(refused?.error).not.toContain('canary');
        expect(long?.error).toBe(`Error: ${'x'.repeat(500)}`);
      });

      it('is found even when the handler hid the error of its query', async () => {
        await start(
          async (fact, { transaction }) => {
            if (positionOf(fact) === 'factors-a@1') await transaction.query('SELECT 1 / 0').catch(() => undefined);
          },
          { retry: oneTry },
        );
        await harness.publish([enrolled('factors-b'), enrolled('factors-a'), enrolled('factors-b')]);
        expect(await effectsWhen(2)).toEqual(versions('factors-b', 2));
        expect((await lettersWhen(({ length }) => length === 1)).map(positionOf)).toEqual(['factors-a@1']);
      });
    });

    describe('I8 a read that must see a write', () => {
      const readerOf = ({ transport }: RunningConsumer): InboxReader =>
        new InboxReader({ database: harness.database, onCommit: (listener) => transport.onCommit(listener) });

      it('waits until the consumer has taken every position, and not for later ones', async () => {
        const inTurn = gate();
        const consumer = await start((fact) => (fact.version === 2 ? inTurn.opened : Promise.resolve()), {
          batchSize: 1,
        });
        const reader = readerOf(consumer);
        await harness.publish([enrolled('factors-a'), { stream: 'credential-x', type: 'challenge.passed' }]);
        expect(await reader.waitFor(harness.consumer, ['factors-a@1', 'credential-x@1'], 5_000)).toBe(true);
        await harness.publish([enrolled('factors-a')]);
        const both = reader.waitFor(harness.consumer, ['credential-x@1', 'factors-a@2'], 5_000);
        expect(await reader.waitFor(harness.consumer, ['credential-x@1', 'factors-a@2'], 100)).toBe(false);
        inTurn.open();
        expect(await both).toBe(true);
        expect(await effects()).toEqual(['factors-a@1', 'factors-a@2']);
      });

      it('does not take a fact that was put aside for seen', async () => {
        const consumer = await start(() => Promise.reject(new Error('poison')), { retry: oneTry });
        await harness.publish([enrolled('factors-a')]);
        const [dead] = await lettersWhen(({ length }) => length === 1);
        const reader = readerOf(consumer);
        expect(await reader.waitFor(harness.consumer, ['factors-a@1'], 100)).toBe(false);
        await new DeadLetters(harness.database).discard(dead?.id ?? '', 'given up');
        expect(await reader.waitFor(harness.consumer, ['factors-a@1'], 1_000)).toBe(true);
      });

      it('is refused for what is no position of a stream that a service owns', async () => {
        const reader = readerOf(await start());
        for (const position of ['', 'factors-a', 'factors-a@', 'factors-a@0', 'factors-a@2147483648', 'x-1@1', '@1']) {
          await expect(reader.waitFor(harness.consumer, [position], 100)).rejects.toThrow(RangeError);
        }
      });
    });

    describe('faults', () => {
      it('I3 waits for a database that fails under a handler, repeats the batch and burns no attempt', async () => {
        const [reached, broken] = [gate(), gate()];
        const tries: string[] = [];
        const consumer = await start(
          async (fact, { transaction }) => {
            tries.push(positionOf(fact));
            if (positionOf(fact) !== 'factors-a@2') return;
            reached.open();
            await broken.opened;
            await transaction.query('SELECT 1').catch(() => {
              throw new Error('the handler says what it was doing, and not why it failed');
            });
          },
          { retry: oneTry, batchSize: 1 },
        );
        await harness.publish([enrolled('factors-a'), enrolled('factors-a'), enrolled('factors-b')]);
        await reached.opened;
        await harness.interruptDatabase();
        broken.open();
        await effectsWhen(3, 20_000);
        await caughtUp(consumer);
        expect([...(await effects())].sort()).toEqual(['factors-a@1', 'factors-a@2', 'factors-b@1']);
        expect(tries.filter((position) => position === 'factors-a@2')).toHaveLength(2);
        expect(await letters()).toEqual([]);
        await eventually(() => consumer.transport.isHealthy(), Boolean);
      });

      it('ends at a close what it has begun, and calls no handler afterwards', async () => {
        const [reached, finish] = [gate(), gate()];
        const calls: string[] = [];
        const consumer = await start(
          async (fact) => {
            calls.push(positionOf(fact));
            reached.open();
            await finish.opened;
          },
          { batchSize: 1 },
        );
        await harness.publish([enrolled('factors-a'), enrolled('factors-a')]);
        await reached.opened;
        const stopped = stop(consumer);
        await harness.publish([enrolled('factors-b')]);
        finish.open();
        await stopped;
        expect(await effects()).toEqual(['factors-a@1']);
        expect(calls).toEqual(['factors-a@1']);

        await start();
        expect(ofStream(await effectsWhen(3), 'factors-a')).toEqual(versions('factors-a', 2));
      });

      it('rolls back at a close what hangs, within 10 s, and lets nothing of it take effect later', async () => {
        const [reached, finish] = [gate(), gate()];
        let late: unknown = null;
        const consumer = await start(async (_fact, { transaction }) => {
          reached.open();
          await finish.opened;
          late = await transaction.query('SELECT 1').catch((error: unknown) => error);
        });
        await harness.publish([enrolled('factors-a')]);
        await reached.opened;
        const began = performance.now();
        await stop(consumer);
        expect(performance.now() - began).toBeLessThan(10_000);
        finish.open();
        expect(await eventually(() => late, Boolean)).toMatchObject({ name: 'ConsumerClosing' });
        expect(await effects()).toEqual([]);
        await start();
        expect(await effectsWhen(1)).toEqual(['factors-a@1']);
      });
    });
  });
}
