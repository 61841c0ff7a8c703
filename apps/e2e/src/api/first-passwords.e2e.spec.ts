import { eventually } from '@cofactor/testkit';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { addColleague, enrolledManager, readAudit } from './practice';
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
