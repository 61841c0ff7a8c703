import type { DynamicModule, ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { nestLogger, type Logger } from './logging';
import type { OperationServer } from './operations';

/** The tokens under which a service's module provides what stands around it. */
export const OPERATIONS = Symbol('the operations that the service answers');
export const HEALTH = Symbol('the health of the parts that the service needs');

/** Each part that a service needs, by name, and whether it answers now. */
export type HealthReport = Readonly<Record<string, boolean>>;
export type HealthCheck = () => Promise<HealthReport>;

export interface RunningService {
  readonly operations: OperationServer;
  readonly health: HealthCheck;
  /** Stops taking facts, finishes or returns the batch in hand, closes what the module opened. */
  close(): Promise<void>;
}

/** What brings facts to a service, and the filter that hands the errors of handlers back to it. */
export interface FactTransport extends CustomTransportStrategy {
  readonly errorFilter: ExceptionFilter;
}

/** Starts one service: its module, with the transport that brings it the facts of others. */
export async function startService(
  module: DynamicModule,
  transport: FactTransport,
  logger: Logger,
): Promise<RunningService> {
  const app = await NestFactory.createMicroservice(module, {
    strategy: transport,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(transport.errorFilter);
  await app.listen();
  return {
    operations: app.get<OperationServer>(OPERATIONS),
    health: app.get<HealthCheck>(HEALTH),
    close: () => app.close(),
  };
}
