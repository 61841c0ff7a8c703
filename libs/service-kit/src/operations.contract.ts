import { DomainError, type CallContext, type ClientOf, type OperationTable } from '@cofactor/contracts';
import { aContext, answering, table, type Answer } from './operations.fixture';
import type { OperationServer } from './operations';

export interface OperationsUnderTest {
  /** A client of that table, in front of the server that was given. */
  clientOf<Table extends OperationTable>(called: Table): Promise<ClientOf<Table>>;
  close(): Promise<void>;
}

const refusals: readonly DomainError[] = [
  new DomainError('code-wrong'),
  new DomainError('not-signed-in'),
  new DomainError('internal'),
  new DomainError('not-allowed', { detail: 'Ask an administrator of your practice to reset your sign-in.' }),
  new DomainError('too-many-attempts', { retryAfter: 0.25 }),
  new DomainError('busy', { retryAfter: 3 }),
  new DomainError('invalid-fields', { errors: [{ pointer: '/name', detail: 'Fill this in.' }] }),
  new DomainError('invalid-fields', { detail: 'Two of them.', errors: [], retryAfter: 1 }),
];

/** What callers rely on, wherever the service that they call runs. */
export function describeOperations(name: string, make: (server: OperationServer) => Promise<OperationsUnderTest>) {
  describe(`operations ${name}`, () => {
    const opened: OperationsUnderTest[] = [];
    const serving = async (answer: Answer) => {
      const made = await make(answering(answer));
      opened.push(made);
      return made;
    };
    const clientOf = async (answer: Answer) => (await serving(answer)).clientOf(table);
    afterEach(() => Promise.all(opened.splice(0).map((made) => made.close())));

    it('give the reply of the handler, whatever the text', async () => {
      const client = await clientOf(({ text }) => Promise.resolve({ text: `${text}!` }));
      for (const text of ['', 'Zoë 🩺', 'one\ntwo\u0000\u2028', '"}{', 'x'.repeat(100_000)]) {
        expect(await client.echo({ text }, aContext())).toEqual({ text: `${text}!` });
      }
    });

    it('give each of many callers at once their own reply', async () => {
      const client = await clientOf((request) => Promise.resolve(request));
      const texts = Array.from({ length: 200 }, (_, index) => `caller ${index}`);
      const replies = await Promise.all(texts.map((text) => client.echo({ text }, aContext())));
      expect(replies).toEqual(texts.map((text) => ({ text })));
    });

    it('carry the whole context to the handler', async () => {
      const seen: CallContext[] = [];
      const client = await clientOf((request, context) => {
        seen.push(context);
        return Promise.resolve(request);
      });
      const bare: CallContext = { ...aContext(), traceparent: null };
      const full: CallContext = { ...aContext('key-1'), source: { ip: '2001:db8::1', userAgent: 'Firefox "é"' } };
      for (const context of [bare, full]) await client.echo({ text: '' }, context);
      expect(seen).toEqual([bare, full]);
    });

    it.each(refusals)('hand a refusal on as it was thrown: $code $extras', async (refusal) => {
      const client = await clientOf(() => Promise.reject(refusal));
      const thrown: unknown = await client.echo({ text: '' }, aContext()).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(DomainError);
      expect(thrown).toEqual(refusal);
      expect(thrown).toMatchObject({ code: refusal.code, extras: refusal.extras });
      expect(Object.keys((thrown as DomainError).extras)).toEqual(Object.keys(refusal.extras));
    });

    it('refuse a request of another shape', async () => {
      const client = await clientOf((request) => Promise.resolve(request));
      for (const request of [{}, { text: 1 }, null, undefined, []]) {
        await expect(client.echo(request as never, aContext())).rejects.toEqual(new DomainError('malformed-request'));
      }
    });

    it('§6.11 pass over what a newer release adds to a request or a reply', async () => {
      const seen: unknown[] = [];
      const client = await clientOf((request) => {
        seen.push(request);
        return Promise.resolve({ text: 'answered', more: 'canary' });
      });
      const request = { text: 'asked', more: 1 };
      expect(await client.echo(request, aContext())).toEqual({ text: 'answered' });
      expect(seen).toEqual([{ text: 'asked' }]);
    });

    it('I4 tell nothing of a reply of another shape, nor of a fault', async () => {
      const faults: readonly Answer[] = [
        () => Promise.resolve({ more: 'canary' } as never),
        () => Promise.reject(new Error('canary')),
      ];
      for (const fault of faults) {
        const client = await clientOf(fault);
        await expect(client.echo({ text: '' }, aContext())).rejects.toEqual(new DomainError('internal'));
      }
    });

    it('R47 answer a passing fault as unavailable with Retry-After', async () => {
      const client = await clientOf(() =>
        Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' })),
      );
      const unavailable = new DomainError('unavailable', { retryAfter: 2 });
      await expect(client.echo({ text: '' }, aContext())).rejects.toEqual(unavailable);
    });

    it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'])(
      'are never %s, which the table does not hold',
      async (unknown) => {
        const made = await serving((request) => Promise.resolve(request));
        const client = await made.clientOf(Object.fromEntries([[unknown, { ...table.echo, name: unknown }]]));
        const ask = Object.getOwnPropertyDescriptor(client, unknown)?.value as typeof client.echo;
        await expect(ask?.({ text: '' }, aContext())).rejects.toEqual(new DomainError('malformed-request'));
      },
    );
  });
}
