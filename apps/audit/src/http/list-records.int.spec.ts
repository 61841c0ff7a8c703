import type { AuditRecordView, Envelope, EventType } from '@cofactor/contracts';
import { destroyPerson } from '@cofactor/secret-vault';
import { sampleFact } from '../domain/sample-facts';
import { findRecords } from '../read-models/record-view';
import { anyCall, everything, TestAudit, type AuditProcess } from '../test-audit';

let audit: TestAudit;
let running: AuditProcess;
beforeAll(async () => {
  audit = await TestAudit.start();
  running = await audit.run();
});
afterAll(async () => {
  await running.stop();
  await audit.stop();
});

const source = { ip: '203.0.113.9', userAgent: 'Mozilla/5.0' };

/** An envelope as producers stamp it, with the source sealed for the person. */
async function envelopeFor(organisationId: string, personId: string, actorId = personId): Promise<Envelope> {
  const sealed = await audit.personalFields.seal(personId, source);
  return {
    organisationIds: [organisationId],
    actor: { kind: 'person', id: actorId },
    subject: { kind: 'person', id: personId },
    origin: { requestId: 'request-1', traceparent: '00-trace', sealed, sealedFor: personId },
    policyVersion: 3,
  };
}

let streams = 0;
/** One fact of the type, on a stream of its own. */
async function happens(type: EventType, envelope: Envelope, at = sampleFact(type).at): Promise<string> {
  const stream = {
    identity: 'sign-in',
    challenge: 'credential',
    'factor-enrollment': 'factors',
    notification: 'message',
  };
  const [position = ''] = await audit.append({
    type,
    stream: `${stream[sampleFact(type).service]}-${(streams += 1)}`,
    changes: { envelope, at },
  });
  return position;
}

const list = async (organisationId: string, wishes: Partial<typeof everything> = {}) =>
  running.client.listRecords(
    { ...everything, organisationId, statement: await audit.statement(organisationId), ...wishes },
    anyCall,
  );
const typesOf = ({ records }: { readonly records: readonly AuditRecordView[] }) => records.map(({ type }) => type);

describe('the list of records', () => {
  it('shows each record as the interface describes it, the source opened, newest first', async () => {
    const envelope = await envelopeFor('riverside', 'sam');
    const readAfter = [await happens('sign-in.started', envelope)];
    readAfter.push(await happens('challenge.refused', envelope));
    const page = await list('riverside', { readAfter });
    expect(typesOf(page).sort()).toEqual(['challenge.refused', 'sign-in.started']);
    expect(page.next).toBeNull();
    expect(page.records.find(({ type }) => type === 'challenge.refused')).toEqual({
      recordId: expect.stringMatching(/^[\w-]{40}$/) as string,
      at: '2026-03-01T09:30:00.000Z',
      organisationId: 'riverside',
      type: 'challenge.refused',
      outcome: 'refused',
      actor: { kind: 'person', id: 'sam' },
      subject: { kind: 'person', id: 'sam' },
      source,
      factor: { type: 'totp', credentialId: 'credential-1', hint: 'ending 42' },
      reason: 'already-used',
      policyVersion: 3,
      stream: expect.stringMatching(/^credential-\d+$/) as string,
      version: 1,
      requestId: 'request-1',
    });
    expect(JSON.stringify(page)).not.toContain(envelope.origin.sealed);
  });

  it('filters by person, who did it or whom it concerns, by type and by time', async () => {
    const [ada, eve, byAda] = await Promise.all([
      envelopeFor('filters', 'ada'),
      envelopeFor('filters', 'eve'),
      envelopeFor('filters', 'eve', 'ada'),
    ]);
    const readAfter = [
      await happens('sign-in.started', ada, '2026-03-01T10:00:00.000Z'),
      await happens('session.started', eve, '2026-03-01T11:00:00.000Z'),
      await happens('session.ended', byAda, '2026-03-01T12:00:00.000Z'),
    ];
    expect(typesOf(await list('filters', { readAfter }))).toEqual([
      'session.ended',
      'session.started',
      'sign-in.started',
    ]);
    expect(typesOf(await list('filters', { subject: 'ada' }))).toEqual(['session.ended', 'sign-in.started']);
    expect(typesOf(await list('filters', { subject: 'eve' }))).toEqual(['session.ended', 'session.started']);
    expect(typesOf(await list('filters', { subject: 'ada', type: 'session.ended' }))).toEqual(['session.ended']);
    expect(typesOf(await list('filters', { type: 'session.started' }))).toEqual(['session.started']);
    const from = '2026-03-01T11:00:00.000Z';
    expect(typesOf(await list('filters', { from }))).toEqual(['session.ended', 'session.started']);
    expect(typesOf(await list('filters', { to: from }))).toEqual(['sign-in.started']);
    expect(typesOf(await list('filters', { from, to: '2026-03-01T12:00:00.000Z' }))).toEqual(['session.started']);
    const injected = "nobody' OR '1' = '1";
    for (const page of [
      await list('filters', { subject: injected }),
      await list('filters', { type: injected }),
      await list(injected),
    ]) {
      expect(page.records).toEqual([]);
    }
  });

  it('keeps its pages while records are added: none twice, none missing', async () => {
    const envelope = await envelopeFor('pages', 'sam');
    const first: string[] = [];
    for (let index = 0; index < 25; index += 1) first.push(await happens('sign-in.started', envelope));
    const wanted = (await list('pages', { readAfter: first })).records.map(({ recordId }) => recordId);
    expect(wanted).toHaveLength(25);
    const seen: string[] = [];
    for (let after: string | null = null, page = 0; page === 0 || after !== null; page += 1) {
      const reply = await list('pages', { limit: 10, after, subject: page % 2 ? 'sam' : null });
      expect(reply.records.length).toBeLessThanOrEqual(10);
      seen.push(...reply.records.map(({ recordId }) => recordId));
      after = reply.next;
      await list('pages', { readAfter: [await happens('session.started', envelope)] });
    }
    expect(seen).toEqual(wanted);
  });

  it('says when there is no further page, at the exact end too', async () => {
    const envelope = await envelopeFor('exact', 'sam');
    const readAfter = [await happens('sign-in.started', envelope), await happens('sign-in.started', envelope)];
    expect((await list('exact', { readAfter, limit: 2 })).next).toBeNull();
    expect((await list('exact', { limit: 1 })).next).toEqual(expect.any(String));
  });

  it.each([
    '%%%',
    '',
    Buffer.from('leaf -1').toString('base64url'),
    Buffer.from('leaf 1.5').toString('base64url'),
    Buffer.from('leaf ').toString('base64url'),
    Buffer.from('leaf 07').toString('base64url'),
    'MQ',
  ])('refuses the cursor "%s" that it never gave', async (after) => {
    const refused: unknown = expect.objectContaining({ code: 'invalid-fields' });
    await expect(list('exact', { after })).rejects.toEqual(refused);
  });
});

describe('BX7: after erasure', () => {
  it('the record stays, and the source is gone', async () => {
    const envelope = await envelopeFor('erasure', 'zoe');
    const readAfter = [await happens('sign-in.started', envelope)];
    expect((await list('erasure', { readAfter })).records[0]?.source).toEqual(source);
    await destroyPerson(audit.vault, { personErased: () => Promise.resolve() }, 'zoe');
    const { records } = await list('erasure');
    expect(records).toEqual([expect.objectContaining({ source: { ip: null, userAgent: null } })]);
  });
});

describe('I8: a read that must see a write', () => {
  it('waits for it', async () => {
    const envelope = await envelopeFor('waits', 'sam');
    for (let round = 0; round < 20; round += 1) {
      const position = await happens('sign-in.started', envelope);
      expect((await list('waits', { readAfter: [position] })).records).toHaveLength(round + 1);
    }
  });

  it('is answered 503 with Retry-After when it does not come in time', async () => {
    const notYet = { code: 'not-yet-visible', extras: { retryAfter: 1 } };
    await expect(list('waits', { readAfter: ['sign-in-never@1'] })).rejects.toEqual(expect.objectContaining(notYet));
  });

  it.each(['nonsense', 'sign-in-1@0', 'sign-in-1@x', 'nobodys-1@1', '@1'])(
    'refuses the position "%s"',
    async (text) => {
      const refused: unknown = expect.objectContaining({ code: 'invalid-fields' });
      await expect(list('waits', { readAfter: [text] })).rejects.toEqual(refused);
    },
  );
});

describe('who may read', () => {
  const ask = (organisationId: string, statement: string) =>
    running.client.listRecords({ ...everything, organisationId, statement }, anyCall);

  it('only the organisation that the statement names', async () => {
    const refused: unknown = expect.objectContaining({ code: 'not-found' });
    await expect(ask('riverside', await audit.statement('hillside'))).rejects.toEqual(refused);
    await expect(ask('riverside', await audit.statement(null))).rejects.toEqual(refused);
  });

  it('only with the permission for it, signed by identity', async () => {
    const refused: unknown = expect.objectContaining({ code: 'statement-refused' });
    await expect(ask('riverside', await audit.statement('riverside', 'read-factors'))).rejects.toEqual(refused);
    await expect(ask('riverside', 'no.statement.atall')).rejects.toEqual(refused);
  });
});

it('is healthy while its database answers', async () => {
  expect(await running.service.health()).toEqual({ database: true });
});

describe('a search of the view', () => {
  it('is planned for what is asked for, so that a rare value is not looked for in the whole log', async () => {
    const wanted = { organisationId: 'riverside', before: null, limit: 5, subject: null, from: null, to: null };
    const plans = await audit.application.transaction(async (transaction) => {
      const inIt = { transaction: <T>(work: (sql: typeof transaction) => Promise<T>) => work(transaction) };
      for (let times = 0; times < 7; times += 1) await findRecords(inIt, { ...wanted, type: 'credential.disabled' });
      return transaction.query(
        `SELECT custom_plans > 0 AS planned, generic_plans AS kept FROM pg_prepared_statements
          WHERE statement LIKE '%record_view%' AND statement LIKE '%type =%'`,
      );
    });
    expect(plans).toEqual([{ planned: true, kept: 0 }]);
  });
});
