import { Catch, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import { NestMicroservice, type CustomTransportStrategy, type MicroserviceOptions } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';

/** Hands a handler's error on as it is; Nest's own filter would log it whole and replace it by a faceless one. */
@Catch()
class KeepError implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Connects the `@EventPattern` handlers of an application to a transport of facts. Call it before the application is
 * initialised or listens; `app.startAllMicroservices()` starts it, `app.close()` ends it.
 */
export function consumeFacts(app: INestApplication, strategy: CustomTransportStrategy): void {
  const consumer = app.connectMicroservice<MicroserviceOptions>({ strategy }, { deferInitialization: true });
  if (!(consumer instanceof NestMicroservice)) throw new Error('Nest made no microservice of its own kind');
  consumer.useGlobalFilters(new KeepError());
  consumer.registerListeners();
  consumer.setIsInitialized(true);
  consumer.setIsInitHookCalled(true);
}
