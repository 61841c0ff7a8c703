import { DomainError } from '@cofactor/contracts';
import { contextOf, password, startIdentity } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.mailing.answer = 'sent'));

const chosen = 'a river of seven small boats';
let addresses = 0;

/** A practice, its manager signed in, and someone whom they have just added. */
async function added() {
  const { organisationId, email: manager } = await installation.practice();
  const { token } = await installation.identity.startSignIn({ email: manager, password }, contextOf());
  const email = `new-${(addresses += 1)}@practice.example`;
  const asked = { token, organisationId, name: 'Lee Park', email, roles: ['member' as const], siteIds: [] };
  const { personId, delivery } = await installation.identity.addPerson(asked, contextOf());
  return { organisationId, token, email, personId, delivery, link: lastLink() };
}

const lastMail = () => installation.mailing.sent.at(-1);
const lastLink = () => lastMail()?.link?.token ?? 'no link';
const choose = (link: string, secret = chosen, idempotencyKey: string | null = null) =>
  installation.identity.chooseFirstPassword({ link, password: secret }, contextOf({ idempotencyKey }));
const signIn = (email: string, secret = chosen) =>
  installation.identity.startSignIn({ email, password: secret }, contextOf());
const sendAgain = (
  { token, organisationId }: { token: string; organisationId: string },
  personId: string,
  idempotencyKey: string | null = null,
) => installation.identity.sendFirstPassword({ token, organisationId, personId }, contextOf({ idempotencyKey }));
const refused = { code: 'link-expired', extras: {} };
const stateOf = async (person: { token: string; organisationId: string; personId: string }) => {
  const { people } = await installation.identity.listPeople(person, contextOf());
  return people.find(({ personId }) => personId === person.personId)?.firstPassword;
};

describe('§6.13 the link to a first password', () => {
  it('comes by mail with the registration, opens the door once, and tells the audit what happened', async () => {
    const person = await added();
    expect(person.delivery).toBe('sent');
    expect(lastMail()).toMatchObject({ personId: person.personId, practice: 'High Street', link: { days: 7 } });
    expect(await stateOf(person)).toBe('missing');
    await choose(person.link);
    expect((await signIn(person.email)).next).toEqual({ step: 'completed' });
    expect(await stateOf(person)).toBe('chosen');
    await expect(choose(person.link)).rejects.toMatchObject(refused);
    const facts = await installation.facts();
    const about = facts.filter(({ stream }) => stream === `first-password-${person.personId}`);
    expect(
      about.map(({ type, envelope }) => `${type} by ${envelope.actor.id === person.personId ? 'them' : 'a manager'}`),
    ).toEqual(['first-password.offered by a manager', 'first-password.chosen by them']);
    for (const { envelope } of about) expect(envelope.organisationIds).toEqual([person.organisationId]);
  });

  it('§6.5 is offered in the commit of the registration', async () => {
    const { personId } = await added();
    const facts = (await installation.facts()).filter(({ envelope }) => envelope.subject.id === personId);
    const positions = facts.map(({ position }) => position);
    expect(facts.map(({ type }) => type)).toEqual([
      'person.registered',
      'person.joined-organisation',
      'first-password.offered',
    ]);
    expect(positions).toEqual([0, 1, 2].map((step) => (positions[0] ?? 0) + step));
  });

  it('I2 lets one of many in who use it at once, and theirs is the password', async () => {
    const person = await added();
    const secrets = Array.from({ length: 8 }, (_, index) => `${chosen}, number ${index}`);
    const outcomes = await Promise.allSettled(secrets.map((secret) => choose(person.link, secret)));
    const winners = secrets.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const secret of secrets) {
      if (winners.includes(secret)) await expect(signIn(person.email, secret)).resolves.toBeDefined();
    }
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    for (const reason of lost) expect(reason).toMatchObject({ code: 'link-expired' });
  });

  it('is dead when it is sent again, and the new one works', async () => {
    const person = await added();
    expect(await sendAgain(person, person.personId)).toMatchObject({ delivery: 'sent' });
    const again = lastLink();
    expect(again).not.toBe(person.link);
    await expect(choose(person.link)).rejects.toMatchObject(refused);
    await choose(again);
    await expect(signIn(person.email)).resolves.toBeDefined();
  });

  it('is dead when the person has left, and when its seven days are over', async () => {
    const left = await added();
    const { token, organisationId, personId } = left;
    await installation.identity.removePerson({ token, organisationId, personId }, contextOf());
    await expect(choose(left.link)).rejects.toMatchObject(refused);
    const late = await added();
    installation.clock.advance(7 * 86_400);
    await expect(choose(late.link)).rejects.toMatchObject(refused);
    await expect(signIn(late.email)).rejects.toMatchObject({ code: 'invalid-credentials' });
  });

  it('is refused in one way, whatever became of it', async () => {
    const [unknown, used] = [choose('cfl_nobody-was-ever-sent-this'), await added()];
    await choose(used.link);
    const refusals = await Promise.all(
      [unknown, choose(used.link)].map((tried) => tried.catch((error: unknown) => error as DomainError)),
    );
    expect(new Set(refusals.map((error) => JSON.stringify(error)))).toEqual(new Set([JSON.stringify(refusals[0])]));
    expect(refusals[0]).toMatchObject(refused);
  });

  it('R25 asks for a good password, and a weak one does not use it up', async () => {
    const person = await added();
    await expect(choose(person.link, 'short')).rejects.toMatchObject({
      code: 'password-too-short',
      extras: { errors: [{ pointer: '/password' }] },
    });
    await expect(choose(person.link, 'Lee Park Lee Park')).rejects.toMatchObject({ code: 'password-too-common' });
    await expect(signIn(person.email, 'short')).rejects.toMatchObject({ code: 'invalid-credentials' });
    await choose(person.link);
  });

  it('§6.10 answers the same key again, although the link is used', async () => {
    const person = await added();
    const reply = await choose(person.link, chosen, 'key-choose');
    expect(await choose(person.link, chosen, 'key-choose')).toEqual(reply);
  });

  it('goes on where the process died between the password and the link: with the same password, or a new link', async () => {
    const person = await added();
    const hashed = await installation.hashing.withPlace((hasher) => hasher.hash(chosen), 'a network');
    await installation.passwords.storeFirst(person.personId, hashed);
    await expect(choose(person.link, 'another river of boats')).rejects.toMatchObject(refused);
    await expect(choose(person.link)).resolves.toBeDefined();
    await expect(signIn(person.email)).resolves.toBeDefined();
  });

  it('takes the password back where the person was removed while it was stored', async () => {
    const { token, organisationId, personId, link } = await added();
    const { passwords } = installation;
    const storeFirst = passwords.storeFirst.bind(passwords);
    passwords.storeFirst = async (...stored) => {
      const isOurs = await storeFirst(...stored);
      await installation.identity.removePerson({ token, organisationId, personId }, contextOf());
      return isOurs;
    };
    await expect(choose(link)).rejects.toMatchObject(refused);
    passwords.storeFirst = storeFirst;
    expect(await passwords.open(personId)).toBeNull();
  });

  it('I4 R2 stands in no table of identity, and neither does the password', async () => {
    const person = await added();
    await sendAgain(person, person.personId);
    const links = [person.link, lastLink()];
    await choose(lastLink());
    const tables = await installation.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const rows = await installation.database.query<{ whole: string }>(`SELECT t::text AS whole FROM ${name} t`);
      const whole = rows.map((row) => row.whole).join('\n');
      for (const secret of [...links, ...links.map((link) => link.slice(4)), chosen])
        expect(whole).not.toContain(secret);
    }
  });
});

describe('the mail to someone who was added', () => {
  it('that could not be sent is told, loses nobody, and can be sent again', async () => {
    installation.mailing.answer = new DomainError('unavailable');
    const person = await added();
    expect(person.delivery).toBe('not-sent');
    installation.mailing.answer = 'delayed';
    expect(await sendAgain(person, person.personId)).toMatchObject({ delivery: 'delayed' });
    await choose(lastLink());
  });

  it('R27 goes to whoever has a password in the same way, without a link, and the answer is the same', async () => {
    const { organisationId, personId, email: manager } = await installation.practice();
    const { token } = await installation.identity.startSignIn({ email: manager, password }, contextOf());
    const known = await installation.practice();
    await installation.join(personId, known.organisationId, ['administrator']);
    const add = (email: string) =>
      installation.identity.addPerson(
        { token, organisationId, name: 'Lee Park', email, roles: ['member'], siteIds: [] },
        contextOf(),
      );
    const before = installation.mailing.sent.length;
    const replies = [await add(known.email), await add('nobody-yet@practice.example')];
    const mails = installation.mailing.sent.slice(before);
    expect(mails.map(({ link }) => link !== null)).toEqual([false, true]);
    const shapes = replies.map(({ delivery, ...reply }) => [delivery, Object.keys(reply)]);
    expect(shapes[0]).toEqual(shapes[1]);
    const again = await sendAgain({ token, organisationId }, known.personId);
    expect([Object.keys(again), again.delivery, lastMail()?.link]).toEqual([['delivery', 'positions'], 'sent', null]);
    await expect(signIn(known.email, password)).resolves.toBeDefined();
  });

  it('has a link for whoever was added before and has no password yet; the one before is dead', async () => {
    const first = await added();
    const { organisationId, personId, email: manager } = await installation.practice();
    await installation.join(personId, first.organisationId, ['administrator']);
    const { token } = await installation.identity.startSignIn({ email: manager, password }, contextOf());
    const asked = { token, organisationId, name: 'Lee', email: first.email, roles: ['member' as const], siteIds: [] };
    await installation.identity.addPerson(asked, contextOf());
    await expect(choose(first.link)).rejects.toMatchObject(refused);
    await choose(lastLink());
  });

  it('§6.10 is sent once for a key, and its reply says what became of it', async () => {
    const person = await added();
    const before = installation.mailing.sent.length;
    const reply = await sendAgain(person, person.personId, 'key-again');
    expect(await sendAgain(person, person.personId, 'key-again')).toEqual(reply);
    expect(installation.mailing.sent).toHaveLength(before + 1);
    expect(reply.delivery).toBe('sent');
  });

  it('is for those who look after the practice of that person alone', async () => {
    const [one, other] = [await added(), await added()];
    await expect(sendAgain(one, other.personId)).rejects.toMatchObject({ code: 'not-found' });
    const elsewhere = { ...one, organisationId: other.organisationId };
    await expect(sendAgain(elsewhere, other.personId)).rejects.toMatchObject({ code: 'not-found' });
    await choose(one.link);
    const { token } = await signIn(one.email);
    await expect(sendAgain({ ...one, token }, one.personId)).rejects.toMatchObject({ code: 'not-allowed' });
  });
});
