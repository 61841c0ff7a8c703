import { eventually } from '@cofactor/testkit';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { textsTo } from './outbox';
import { addColleague, enrolledManager, readAudit, startSignIn } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;

beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

it('§6.13 the audit has who was offered a first password, and that it was chosen', async () => {
  const { manager, token } = await enrolledManager(program);
  const { personId } = await addColleague(program, { organisationId: manager.organisationId, token });
  const steps = await eventually(
    async () => (await readAudit(program, manager, token)).filter(({ type }) => type.startsWith('first-password.')),
    (found) => found.length === 2,
    20_000,
  );
  expect(steps.map(({ type, subject }) => [type, subject.id])).toEqual([
    ['first-password.chosen', personId],
    ['first-password.offered', personId],
  ]);
});

it('HE8 people are told what they are in a practice when it changes, and their session ends with the last one', async () => {
  const { manager, token } = await enrolledManager(program);
  const { organisationId } = manager;
  const colleague = await addColleague(program, { organisationId, token });
  const { email, personId } = colleague;
  const signedIn = await startSignIn(program, colleague);
  const theirs = `/v1/organisations/${organisationId}/people/${personId}`;
  const untilTold = (of: string) =>
    eventually(
      () => textsTo(program, email),
      (texts) => texts.some((text) => text.includes(of)),
      20_000,
    );
  await program.send('PUT', theirs, { body: { roles: ['member', 'analyst'], siteIds: [] }, token });
  await untilTold('Your roles in “Elm Street Practice” were changed to member and analyst on');
  expect((await program.get('/v1/session', signedIn.token)).outcome).toBe('200');
  expect((await program.send('DELETE', theirs, { token })).outcome).toBe('204');
  expect((await program.get('/v1/session', signedIn.token)).outcome).toBe('401 not-signed-in');
  await untilTold('You were removed from “Elm Street Practice” on');
});
