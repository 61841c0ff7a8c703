import { factorTypeSchema, publicApi } from '@cofactor/contracts';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { challenged, enrolledMethod, presetFor, startSetUp } from './every-method';
import { openPractice, password, readFactors, startSignIn } from './practice';
import { Program, type Reply } from './program';

let installation: SharedInstallation;
let program: Program;
beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const types = factorTypeSchema.options;
const nobody = '01a20000-0000-7000-8000-000000000000';

/** What tells two refusals apart, beside the id of their request. */
const shape = (reply: Reply) => {
  const { requestId: _own, ...problem } = reply.problem;
  return { ...problem, headers: [...reply.headers.keys()].sort() };
};

describe.each(types.filter((type) => type !== 'recovery-code'))('a set-up of %s', (type) => {
  it('R5: is confirmed by the session that started it: no other of the person, and none of anybody else', async () => {
    const manager = await openPractice(program, presetFor(type));
    const [own, another, stranger] = [
      await startSignIn(program, manager),
      await startSignIn(program, manager),
      await startSignIn(program, await openPractice(program, presetFor(type))),
    ];
    const { path, right } = await startSetUp(program, type, own.token, manager);
    const answer = await right();
    const refusals = [];
    for (const { token } of [another, stranger]) refusals.push(await program.post(path, answer, { token }));
    const never = path.replace(/[^/]+\/confirmation$/, `${nobody}/confirmation`);
    refusals.push(await program.post(never, answer, { token: own.token }));
    expect(refusals.map(({ outcome }) => outcome)).toEqual(Array(3).fill('404 not-found'));
    expect(new Set(refusals.map((reply) => JSON.stringify(shape(reply)))).size).toBe(1);
    expect((await readFactors(program, own.token)).factors).toEqual([]);

    const confirmed = await Promise.all([1, 2].map(() => program.post(path, answer, { token: own.token })));
    const successes = confirmed.filter(({ status }) => status === 201);
    expect(successes).toHaveLength(1);
    const { token = '' } = successes[0]?.as(publicApi.confirmEnrolment) ?? {};
    expect((await readFactors(program, token)).factors).toMatchObject([{ type }]);
  });
});

describe.each(types)('a sign-in with %s', (type) => {
  it('R27: takes nobody else’s credential or challenge, and tells them from none by nothing', async () => {
    const [method, stranger] = [await enrolledMethod(program, type), await enrolledMethod(program, type)];
    const [theirs, mine] = [await challenged(program, method), await challenged(program, stranger)];
    const { token } = mine;
    const ask = (credentialId: string) => program.post(mine.challenges, { credentialId }, { token });
    const [foreign, none] = [await ask(method.credentialId), await ask(nobody)];
    expect(foreign.outcome).toBe('404 not-found');
    expect(shape(foreign)).toEqual(shape(none));

    const answer = await theirs.right();
    const send = (id: string) => program.post(mine.path.replace(mine.challengeId, id), answer, { token });
    const [crossed, lost] = [await send(theirs.challengeId), await send(nobody)];
    expect(crossed.outcome).toBe('401 code-expired');
    expect(shape(crossed)).toEqual(shape(lost));
    expect((await program.post(theirs.path, answer, { token })).outcome).toBe('404 not-found');
    expect((await program.post(mine.path, answer, { token })).outcome).toBe('401 code-wrong');
  });

  it('I2, §6.3: submitted twice at once signs in once, and ends with its method, open challenges too', async () => {
    const method = await enrolledMethod(program, type);
    const twice = await challenged(program, method);
    const answer = await twice.right();
    const replies = await Promise.all([1, 2].map(() => program.post(twice.path, answer, { token: twice.token })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);

    const open = await challenged(program, method);
    const { token } = method;
    const revoked =
      type === 'recovery-code'
        ? await program.post('/v1/me/recovery-codes', { password }, { token })
        : await program.send('DELETE', `/v1/me/factors/${method.credentialId}`, { token, body: { password } });
    expect(revoked.status).toBeLessThan(300);
    const late = await program.post(open.path, await open.right(), { token: open.token });
    // Without any method, sign-ins that wait for one are over too.
    expect(late.outcome).toBe(type === 'recovery-code' ? '401 code-expired' : '401 not-signed-in');
  });
});

it('R27: a reset of somebody in another practice looks like one of nobody', async () => {
  const [{ manager, token }, stranger] = [await enrolledMethod(program, 'totp'), await enrolledMethod(program, 'totp')];
  const reset = (personId: string) =>
    program.post(
      `/v1/organisations/${manager.organisationId}/people/${personId}/resets`,
      { reason: 'Lost the phone' },
      { token },
    );
  const [foreign, none] = [await reset(stranger.manager.personId), await reset(nobody)];
  expect(foreign.outcome).toBe('404 not-found');
  expect(shape(foreign)).toEqual(shape(none));
});
