import { CommitOutcomeUnknown, type Sql } from '@cofactor/event-store';
import { contextOf, password, startIdentity } from './identity.fixture';
import { ActivateContactWhenPersonRegistered } from './reactions/activate-contact.when-person-registered';

describe('registering a practice', () => {
  let installation: Awaited<ReturnType<typeof startIdentity>>;
  beforeAll(async () => (installation = await startIdentity()));
  afterAll(() => installation.stop());

  const request = (email: string, name = 'High Street') => ({
    name,
    preset: 'healthcode' as const,
    manager: { name: 'Canary Okafor', email, password },
  });
  const create = (email: string, key: string | null = null, name?: string) =>
    installation.identity.createOrganisation(request(email, name), contextOf({ idempotencyKey: key }));

  it('R25 says before it how long the password must be: shorter where a second factor is always asked for', async () => {
    const { organisations, presets } = await installation.identity.readInstallation({}, contextOf());
    expect(organisations).toBe('none');
    expect(presets).toContainEqual({ preset: 'healthcode', shortestPassword: 15 });
    expect(presets).toContainEqual({ preset: 'accurx', shortestPassword: 8 });
  });

  it('§6.5 is one commit of practice, person and address', async () => {
    const { organisationId, personId } = await create('one@practice.example');
    const facts = (await installation.facts()).filter(({ envelope }) =>
      envelope.organisationIds.includes(organisationId),
    );
    expect(facts.map(({ type, stream, version }) => `${type} ${stream}@${version}`)).toEqual([
      `organisation.created organisation-${organisationId}@1`,
      `person.registered person-${personId}@1`,
      `person.joined-organisation person-${personId}@2`,
    ]);
  });

  it('gives one address to one person, whatever its capitals, and leaves nothing of the other', async () => {
    const spellings = ['two@practice.example', 'TWO@practice.example', 'Two@Practice.Example'];
    const tries = await Promise.allSettled(spellings.map((email) => create(email)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const tried of tries) {
      if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'email-taken' });
    }
    const contacts = await installation.vault.query<{ people: number }>(
      `SELECT count(*) AS people FROM contact WHERE blind_index IN
         (SELECT blind_index FROM contact GROUP BY blind_index HAVING count(*) > 1)`,
    );
    expect(contacts[0]?.people).toBe(0);
  });

  it('§6.10 answers the same key with the same practice, and another body with a refusal', async () => {
    const first = await create('three@practice.example', 'key-3');
    expect(await create('three@practice.example', 'key-3')).toEqual(first);
    await expect(create('three@practice.example', 'key-3', 'Low Street')).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('I3 keeps the secrets of a person whose commit nobody heard of: they can sign in', async () => {
    const { database, identity } = installation;
    const transaction = database.transaction.bind(database);
    /** The connection breaks when the database has committed and before it can say so. */
    database.transaction = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
      await transaction(work);
      throw new CommitOutcomeUnknown(new Error('the connection was lost'));
    };
    await expect(create('unheard@practice.example')).rejects.toMatchObject({ code: 'unavailable' });
    database.transaction = transaction;
    await expect(create('unheard@practice.example')).rejects.toMatchObject({ code: 'email-taken' });
    const signedIn = await identity.startSignIn({ email: 'unheard@practice.example', password }, contextOf());
    expect(signedIn.next).toEqual({ step: 'completed' });
  });

  it('forgets the address of a registration that died before its commit, and of no other', async () => {
    const { contacts, vault, clock } = installation;
    const abandoned = { contactId: 'abandoned', personId: 'nobody', channel: 'email', value: 'x@y.example' } as const;
    await contacts.seal({ ...abandoned, expiresAt: new Date(clock.now().getTime() + 3_600_000) });
    const kept = () => vault.query<{ state: string }>("SELECT state FROM contact WHERE contact_id = 'abandoned'");
    await installation.sweep();
    expect(await kept()).toHaveLength(1);
    const active = () => vault.query("SELECT contact_id FROM contact WHERE state = 'active' ORDER BY contact_id");
    const before = await active();
    clock.advance(3_600 + 86_401);
    await installation.sweep();
    expect(await kept()).toHaveLength(0);
    expect(await active()).toEqual(before);
  });

  it('§6.6 finishes by its own fact what died between the commit and the address', async () => {
    const { contacts, vault, clock } = installation;
    const { personId } = await create('half-way@practice.example');
    const expiresAt = new Date(clock.now().getTime() + 3_600_000).toISOString();
    await vault.query(
      `UPDATE contact SET state = 'pending', expires_at = $2
        WHERE data_key_id IN (SELECT data_key_id FROM contact_key WHERE person_id = $1)`,
      [personId, expiresAt],
    );
    expect(await contacts.openFor(personId, 'email')).toBeNull();
    const registered = (await installation.facts()).find(({ stream }) => stream === `person-${personId}`);
    if (!registered) throw new Error('nobody was registered');
    await new ActivateContactWhenPersonRegistered(contacts).handle(registered);
    expect(await contacts.openFor(personId, 'email')).toBe('half-way@practice.example');
  });

  it('R25 refuses a weak password at its field, before anything is written', async () => {
    const weak = {
      ...request('four@practice.example'),
      manager: { name: 'A', email: 'four@practice.example', password: 'short' },
    };
    const refused = installation.identity.createOrganisation(weak, contextOf());
    await expect(refused).rejects.toMatchObject({
      code: 'password-too-short',
      extras: { errors: [{ pointer: '/manager/password' }] },
    });
    await expect(create('four@practice.example')).resolves.toBeDefined();
  });

  it('I4 R2 keeps address, name and password out of the database of identity', async () => {
    await create('canary-five@practice.example');
    const tables = await installation.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const rows = await installation.database.query<{ whole: string }>(`SELECT t::text AS whole FROM ${name} t`);
      const whole = rows.map((row) => row.whole).join('\n');
      expect(whole).not.toMatch(/canary-five|Canary Okafor|correct horse/);
    }
  });

  it('lists its people to its administrator, by name and masked address, and to nobody else', async () => {
    const { organisationId, personId } = await create('six@practice.example');
    await create('seven@practice.example');
    const sign = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
    const [six, seven] = [await sign('six@practice.example'), await sign('seven@practice.example')];
    const listed = await installation.identity.listPeople({ token: six.token, organisationId }, contextOf());
    const canary = { personId, name: 'Canary Okafor', emailHint: 's•••@practice.example', roles: ['administrator'] };
    const listing = {
      methods: [],
      secondFactor: 'none',
      secondFactorRequired: false,
      siteIds: [],
      firstPassword: 'chosen',
    };
    expect(listed).toEqual({ people: [{ ...canary, ...listing }], next: null });
    const stranger = installation.identity.listPeople({ token: seven.token, organisationId }, contextOf());
    await expect(stranger).rejects.toMatchObject({ code: 'not-found' });
    const me = await installation.identity.readMe({ token: six.token }, contextOf());
    expect(me).toEqual({ personId, name: 'Canary Okafor', email: 'six@practice.example' });
  });
});

it('is for the operator alone where the installation says so', async () => {
  const closed = await startIdentity('operator');
  try {
    await expect(closed.practice()).rejects.toMatchObject({ code: 'registration-closed' });
    expect(await closed.facts()).toEqual([]);
    expect(await closed.vault.query('SELECT 1 FROM contact_key')).toEqual([]);
  } finally {
    await closed.stop();
  }
});
