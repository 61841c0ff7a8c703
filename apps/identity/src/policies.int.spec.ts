import { policySettings, presets, type Policy, type Preset } from '@cofactor/contracts';
import { contextOf, nothingHeld, password, startIdentity, theAppHeld } from './identity.fixture';

let installation: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => (installation = await startIdentity()));
afterAll(() => installation.stop());
beforeEach(() => (installation.holdings.now = nothingHeld));

/** A practice whose manager is signed in with the app. */
async function managed(preset: Preset = 'healthcode') {
  const practice = await installation.practice(preset);
  return { ...practice, token: await installation.signedInWithApp(practice) };
}
type Managed = Awaited<ReturnType<typeof managed>>;

const read = ({ token, organisationId }: Pick<Managed, 'token' | 'organisationId'>) =>
  installation.identity.readPolicy({ token, organisationId }, contextOf());
const change = (
  { token, organisationId }: Pick<Managed, 'token' | 'organisationId'>,
  policy: Policy,
  version = 1,
  acceptLockOut: string[] = [],
) => installation.identity.changePolicy({ token, organisationId, version, policy, acceptLockOut }, contextOf());
const byPassword = (email: string) => installation.identity.startSignIn({ email, password }, contextOf());
const enforcing = (preset: Preset = 'healthcode'): Policy => ({ ...presets[preset], enforced: true });
const changes = async (organisationId: string) =>
  (await installation.facts()).filter(
    ({ type, stream }) => type === 'organisation.policy-changed' && stream === `organisation-${organisationId}`,
  );

describe('BX9 the sign-in rules', () => {
  it('are read with their version, what each setting does, and what they reach', async () => {
    const practice = await managed();
    const view = await read(practice);
    expect(view).toMatchObject({ version: 1, policy: presets.healthcode, changed: null });
    expect(view.settings.map(({ setting }) => setting)).toEqual(Object.keys(policySettings));
    const aal2 = view.assurance.find(({ standard }) => standard === 'nist-aal2');
    expect(aal2).toMatchObject({ reached: false });
    expect(aal2?.heldBackBy.map(({ setting }) => setting)).toContain('enforced');
  });

  it('are for administrators and analysts of the practice, and changed by administrators alone', async () => {
    const practice = await managed();
    const [analyst, member, stranger] = [await managed(), await managed(), await managed()];
    await installation.join(analyst.personId, practice.organisationId, ['analyst']);
    await installation.join(member.personId, practice.organisationId, ['member']);
    const { organisationId } = practice;
    expect(await read({ token: analyst.token, organisationId })).toMatchObject({ version: 1 });
    const refused = [
      [member.token, 'not-allowed'],
      [stranger.token, 'not-found'],
    ] as const;
    for (const [token, code] of refused) {
      await expect(read({ token, organisationId })).rejects.toMatchObject({ code });
      await expect(change({ token, organisationId }, enforcing())).rejects.toMatchObject({ code });
    }
    await expect(change({ token: analyst.token, organisationId }, enforcing())).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });

  it('I5: of a practice that an earlier release created are read as that release acted', async () => {
    const practice = await managed();
    const { allowedFactors, secondaryRequired, enforced, session, reauthenticateAfter } = presets.healthcode;
    const old = {
      allowedFactors,
      secondaryRequired,
      enforced,
      session,
      reauthenticateAfter,
      recoveryCodes: { count: 10 },
    };
    await installation.database.query('UPDATE organisations SET policy = $2 WHERE organisation_id = $1', [
      practice.organisationId,
      JSON.stringify(old),
    ]);
    expect((await read(practice)).policy).toMatchObject({
      defaultFactors: allowedFactors,
      recoveryCodes: { kind: 'list', count: 10 },
      genericAccounts: 'allowed',
    });
  });
});

describe('HC7 a change of the rules', () => {
  it('is a fact with the new version, and holds from the next sign-in on (HC8)', async () => {
    const practice = await managed();
    const colleague = await installation.practice();
    await installation.join(colleague.personId, practice.organisationId, ['member']);
    expect((await byPassword(colleague.email)).next).toEqual({ step: 'completed' });
    expect(await change(practice, enforcing())).toEqual({
      version: 2,
      positions: [`organisation-${practice.organisationId}@2`],
    });
    const [fact] = await changes(practice.organisationId);
    expect(fact).toMatchObject({
      data: { policy: enforcing(), policyVersion: 2, changed: ['enforced'] },
      envelope: {
        organisationIds: [practice.organisationId],
        actor: { kind: 'person', id: practice.personId },
        subject: { kind: 'organisation', id: practice.organisationId },
        policyVersion: 2,
      },
    });
    const view = await read(practice);
    expect(view).toMatchObject({ version: 2, policy: enforcing() });
    expect(view.changed).toEqual({
      at: installation.clock.now().toISOString(),
      by: { personId: practice.personId, name: 'Dr Amara Okafor' },
    });
    expect((await byPassword(colleague.email)).next).toMatchObject({ step: 'set-up', missing: ['default'] });
  });

  it('HC9 back again removes nobody’s factors, and asks nobody for more', async () => {
    const practice = await managed();
    await change(practice, enforcing());
    await change(practice, presets.healthcode, 2);
    expect((await byPassword(practice.email)).next).toMatchObject({ step: 'second-factor' });
    const colleague = await installation.practice();
    await installation.join(colleague.personId, practice.organisationId, ['member']);
    expect((await byPassword(colleague.email)).next).toEqual({ step: 'completed' });
  });

  it('that changes nothing is no fact, and answers the version that stands', async () => {
    const practice = await managed();
    expect(await change(practice, presets.healthcode)).toMatchObject({ version: 1 });
    await change(practice, enforcing());
    // Sent again, since its answer was lost.
    expect(await change(practice, enforcing())).toMatchObject({ version: 2 });
    expect(await changes(practice.organisationId)).toHaveLength(1);
  });

  it('by someone who saw older rules is refused, and says who changed them and when', async () => {
    const practice = await managed();
    await change(practice, enforcing());
    const detail =
      'Dr Amara Okafor changed these rules on 2 March 2026 at 09:00 UTC. Read them again, then repeat your change.';
    await expect(change(practice, presets.accurx)).rejects.toMatchObject({ code: 'conflict', extras: { detail } });
    expect((await read(practice)).policy).toEqual(enforcing());
  });

  it('of two editors at once is one of them', async () => {
    const practice = await managed();
    const tried = await Promise.allSettled([change(practice, enforcing()), change(practice, enforcing('accurx'))]);
    expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await changes(practice.organisationId)).toHaveLength(1);
  });

  it('is for someone with a second factor of their own; who has none is told to set it up first', async () => {
    const practice = await installation.practice();
    const { token } = await byPassword(practice.email);
    const weak = { ...practice, token };
    for (const policy of [enforcing(), { ...presets.healthcode, resetApproval: true }]) {
      await expect(change(weak, policy)).rejects.toMatchObject({ code: 'own-second-factor-first' });
    }
    installation.holdingsOf.set(practice.personId, theAppHeld);
    await expect(change(weak, enforcing())).rejects.toMatchObject({ code: 'second-factor-required' });
    await expect(read(weak)).rejects.toMatchObject({ code: 'second-factor-required' });
    expect(await changes(practice.organisationId)).toEqual([]);
  });

  it('that switches enforcement on is for someone whose own methods count then', async () => {
    const practice = await managed();
    const [app] = theAppHeld.factors;
    installation.holdingsOf.set(practice.personId, { ...theAppHeld, factors: app ? [{ ...app, type: 'email' }] : [] });
    await expect(change(practice, enforcing())).rejects.toMatchObject({ code: 'own-second-factor-first' });
    expect(await change(practice, { ...presets.healthcode, resetApproval: true })).toMatchObject({ version: 2 });
  });

  it('to rules that contradict themselves is refused, with a sentence at each setting', async () => {
    const practice = await managed();
    const impossible: Policy = { ...presets.healthcode, secondaryFactors: [], session: { absolute: 600, idle: 900 } };
    await expect(change(practice, impossible)).rejects.toMatchObject({
      code: 'policy-not-possible',
      extras: { errors: [{ pointer: '/policy/secondaryFactors' }, { pointer: '/policy/session/idle' }] },
    });
    await expect(change(practice, enforcing('hipaatherapy'))).rejects.toMatchObject({
      extras: { detail: 'This installation has none of these methods yet.' },
    });
  });

  it('§5 that nobody of two practices could live under is refused where it arises', async () => {
    const [one, other] = [await managed(), await managed()];
    await installation.join(one.personId, other.organisationId, ['member']);
    await change(one, { ...presets.healthcode, resetsBy: ['administrator'] });
    const refused = change(other, { ...presets.healthcode, resetsBy: ['support'] });
    await expect(refused).rejects.toMatchObject({
      code: 'policy-not-possible',
      extras: { errors: [{ pointer: '/policy/resetsBy' }] },
    });
    expect(await change(other, { ...presets.healthcode, resetsBy: ['administrator'] })).toMatchObject({ version: 2 });
  });
});

describe('HE3 the operator', () => {
  async function anOperator() {
    const person = await managed();
    await installation.database.query('INSERT INTO operators (person_id) VALUES ($1)', [person.personId]);
    return person;
  }
  const list = (token: string, after: string | null = null, limit = 500) =>
    installation.identity.listOrganisations({ token, after, limit }, contextOf());

  it('requires a second factor of a practice, and no longer, whatever their own methods are', async () => {
    const [operator, { organisationId }] = [await anOperator(), await managed()];
    const at = { token: operator.token, organisationId };
    const colleague = await installation.practice();
    await installation.join(colleague.personId, organisationId, ['member']);
    const [app] = theAppHeld.factors;
    installation.holdingsOf.set(operator.personId, { ...theAppHeld, factors: app ? [{ ...app, type: 'email' }] : [] });
    expect(await read(at)).toMatchObject({ version: 1, policy: { enforced: false } });
    const policy = enforcing();
    const page = { list: 'set-up', after: null, limit: 10 } as const;
    const forecast = await installation.identity.forecastPolicy({ ...at, policy, ...page }, contextOf());
    expect(forecast.people).toMatchObject([{ personId: colleague.personId }]);
    expect(await change(at, policy)).toMatchObject({ version: 2 });
    expect((await byPassword(colleague.email)).next).toMatchObject({ step: 'set-up' });
    expect(await change(at, presets.healthcode, 2)).toMatchObject({ version: 3 });
    expect((await byPassword(colleague.email)).next).toEqual({ step: 'completed' });
    const actor = { kind: 'operator', id: operator.personId };
    expect(await changes(organisationId)).toMatchObject([{ envelope: { actor } }, { envelope: { actor } }]);
  });

  it('changes no other rule, not even along with it', async () => {
    const [operator, { organisationId }] = [await anOperator(), await managed()];
    const at = { token: operator.token, organisationId };
    for (const policy of [
      { ...presets.healthcode, resetApproval: true },
      { ...enforcing(), resetApproval: true },
    ]) {
      await expect(change(at, policy)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    expect(await changes(organisationId)).toEqual([]);
  });

  it('locks nobody out unnamed, and is told of a practice that is not there', async () => {
    const { token } = await anOperator();
    const { organisationId } = await managed();
    const shared = await installation.practice('healthcode', 'reception@practice.example');
    await installation.join(shared.personId, organisationId, ['member']);
    const refusing = JSON.stringify({ genericAccounts: 'refused' });
    await installation.database.query('UPDATE organisations SET policy = policy || $2 WHERE organisation_id = $1', [
      organisationId,
      refusing,
    ]);
    const policy: Policy = { ...enforcing(), genericAccounts: 'refused' };
    await expect(change({ token, organisationId }, policy)).rejects.toMatchObject({ code: 'would-lock-out' });
    expect(await change({ token, organisationId }, policy, 1, [shared.personId])).toMatchObject({ version: 2 });
    await expect(read({ token, organisationId: 'none' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('sees every practice page by page, with its people and whether it requires a second factor', async () => {
    const [operator, practice] = [await anOperator(), await managed()];
    const { organisations, next } = await list(operator.token);
    expect(next).toBeNull();
    expect(organisations[0]).toMatchObject({ organisationId: practice.organisationId });
    const summary = { organisationId: practice.organisationId, name: 'High Street', enforced: false, people: 1 };
    expect(organisations).toContainEqual(summary);
    await installation.join(operator.personId, practice.organisationId, ['member']);
    await change(practice, enforcing());
    const again = (await list(operator.token)).organisations;
    expect(again).toContainEqual({ ...summary, enforced: true, people: 2 });
    const paged: string[] = [];

    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(operator.token, after, 7);
      paged.push(...page.organisations.map(({ organisationId }) => organisationId));
      after = page.next;
    } while (after !== null);
    expect(paged).toEqual(organisations.map(({ organisationId }) => organisationId));
  });

  it('alone sees them, with two factors', async () => {
    const [practice, support] = [await managed(), await managed()];
    await installation.database.query('INSERT INTO support_staff (person_id) VALUES ($1)', [support.personId]);
    for (const { token } of [practice, support]) {
      await expect(list(token)).rejects.toMatchObject({ code: 'not-allowed' });
    }
    const weak = await installation.practice();
    const { token } = await byPassword(weak.email);
    await installation.database.query('INSERT INTO operators (person_id) VALUES ($1)', [weak.personId]);
    await expect(list(token)).rejects.toMatchObject({ code: 'set-up-required' });
    await expect(read({ token, organisationId: practice.organisationId })).rejects.toMatchObject({
      code: 'set-up-required',
    });
  });
});

describe('§5 a person of two practices', () => {
  it('proves a second factor to each, where no one method serves both', async () => {
    const practice = await managed('accurx');
    const elsewhere = await managed('accurx');
    const [app] = theAppHeld.factors;
    const passkey = app && { ...app, credentialId: 'passkey-1', type: 'webauthn' as const };
    const { personId, email } = practice;
    await installation.join(personId, elsewhere.organisationId, ['member']);
    const passkeysOnly = JSON.stringify({ ...presets.hipaatherapy, enforced: true });
    await installation.database.query('UPDATE organisations SET policy = $2 WHERE organisation_id = $1', [
      elsewhere.organisationId,
      passkeysOnly,
    ]);
    installation.holdingsOf.set(personId, { ...theAppHeld, factors: app && passkey ? [app, passkey] : [] });
    const { signInId, token, next } = await byPassword(email);
    const offered = (step: typeof next) =>
      step.step === 'second-factor' ? step.methods.map(({ type }) => type) : step;
    expect(offered(next)).toEqual(['totp', 'webauthn', 'recovery-code']);
    const authority = { kind: 'sign-in', id: signInId } as const;
    const byApp = await installation.proofBy('challenge', { personId, authority });
    const half = await installation.identity.acceptProof({ token, proof: byApp }, contextOf());
    expect(half.token).toBeNull();
    expect(offered(half.next)).toEqual(['webauthn', 'recovery-code']);
    const passkeyProof = { proofId: 'challenge-2', credentialId: 'passkey-1', factorType: 'webauthn' } as const;
    const byPasskey = await installation.proofBy('challenge', { personId, authority, ...passkeyProof });
    const done = await installation.identity.acceptProof({ token, proof: byPasskey }, contextOf());
    expect(done.next).toEqual({ step: 'completed' });
    const facts = (await installation.facts()).filter(({ stream }) => stream === `sign-in-${signInId}`);
    expect(facts.map(({ type }) => type)).toEqual([
      'sign-in.started',
      'sign-in.second-factor-accepted',
      'sign-in.completed',
    ]);
  });
});
