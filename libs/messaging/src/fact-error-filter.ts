import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands a handler's error to the transport as it is. Every application that consumes facts sets it by
 * `useGlobalFilters` before it listens: Nest's own filter logs the whole error (I4) and puts a faceless one in its
 * place, so that a dead letter could not say what failed.
 */
@Catch()
export class FactErrorFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
