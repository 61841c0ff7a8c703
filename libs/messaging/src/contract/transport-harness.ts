import type { Sql } from '@cofactor/event-store';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { RetryPlan } from '../backoff';
import type { ConsumerDatabase } from '../consumer-database';
import { FactErrorFilter } from '../fact-error-filter';
import type { FactTransport } from '../fact-transport';
import { AFTER_EFFECT, EffectsController, type AfterEffect } from './effects-controller';

/** A fact to be published; its version is the next of its stream. */
export interface FactToPublish {
  readonly stream: string;
  readonly type: string;
}

export interface TransportOptions {
  readonly retry: RetryPlan;
  readonly batchSize: number;
}

/** One transport over real servers, as its contract needs it. */
export interface TransportHarness {
  /** The name under which all replicas of this harness consume. */
  readonly consumer: string;
  /** The consumer's own database; it holds the table of effects. */
  readonly database: ConsumerDatabase;
  /** Commits each fact by itself, in this order; the owner of a stream follows from its name. */
  publish(facts: readonly FactToPublish[]): Promise<void>;
  /** Does all that publishing does, and rolls it back instead of committing. */
  publishAndRollBack(facts: readonly FactToPublish[]): Promise<void>;
  /** Has every fact delivered once more. No replica may run. */
  redeliver(): Promise<void>;
  /** A new replica of the consumer with connections of its own; `release` closes them. */
  transport(options: TransportOptions): Promise<{ transport: FactTransport; release: () => Promise<void> }>;
  /** Breaks every connection to the consumer's database once. */
  interruptDatabase(): Promise<void>;
  /** Runs a replica in a process of its own that is killed between an effect and its commit. Answers the signal. */
  dieBeforeCommit(): Promise<NodeJS.Signals | null>;
  stop(): Promise<void>;
}

export interface RunningConsumer {
  readonly transport: FactTransport;
  stop(): Promise<void>;
}

/** Runs the contract's handlers on a transport, in a Nest application as a service would. */
export async function runConsumer(
  { transport, release }: { transport: FactTransport; release: () => Promise<void> },
  afterEffect: AfterEffect,
): Promise<RunningConsumer> {
  class ConsumerModule {}
  Module({ controllers: [EffectsController], providers: [{ provide: AFTER_EFFECT, useValue: afterEffect }] })(
    ConsumerModule,
  );
  const app = await NestFactory.createMicroservice(ConsumerModule, { strategy: transport, logger: false });
  app.useGlobalFilters(new FactErrorFilter());
  await app.listen();
  const stop = async (): Promise<void> => {
    await app.close();
    await release();
  };
  return { transport, stop };
}

/** The effects that one of the contract's handlers has had, in order. */
export async function effectsOf(sql: Sql, handler: 'first' | 'second' | 'collected'): Promise<string[]> {
  const rows = await sql.query<{ position: string }>(
    `SELECT stream || '@' || version AS position FROM effects WHERE handler = $1 ORDER BY ordinal`,
    [handler],
  );
  return rows.map(({ position }) => position);
}
