import { publicApi } from '@cofactor/contracts';
import { z } from 'zod';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { codeTo } from './outbox';
import { challenge, enrolledManager, offered, password, readFactors, startSignIn } from './practice';
import { Program } from './program';

let installation: SharedInstallation;
let program: Program;
beforeAll(async () => {
  installation = await sharedInstallation();
  program = new Program(installation.url);
});
afterAll(() => installation.remove());

const started = {
  status: 201,
  reply: z.looseObject({ enrolmentId: z.string(), hint: z.string(), delivery: z.string() }),
};

describe('email codes', () => {
  it('HC2 HC3: go to the login address alone, masked; the code confirms it, and it is the secondary method', async () => {
    const { manager, credentialId, token } = await enrolledManager(program);
    const enrolments = '/v1/me/factors/email/enrolments';
    const elsewhere = await program.post(enrolments, { password, email: 'another@practice.example' }, { token });
    expect(elsewhere.outcome).toBe('400 invalid-fields');
    expect(elsewhere.problem.errors).toMatchObject([{ pointer: '/email' }]);

    const setUp = (await program.post(enrolments, { password }, { token })).as(started);
    expect(setUp.hint).toMatch(/^m•••@/);
    expect(JSON.stringify(setUp)).not.toContain(manager.email);
    const confirmation = `${enrolments}/${setUp.enrolmentId}/confirmation`;
    const confirmed = await program.post(confirmation, { code: await codeTo(program, manager.email) }, { token });
    const { credentialId: added } = confirmed.as(publicApi.confirmEnrolment);
    const { factors, setUp: standing } = await readFactors(program, token);
    expect(factors).toMatchObject([
      { credentialId, type: 'totp', role: 'default' },
      { credentialId: added, type: 'email', role: 'secondary', hint: setUp.hint },
    ]);
    expect(standing).toEqual({ complete: true, missing: [] });
    const roles = await program.send('PUT', '/v1/me/factors/roles', {
      token,
      body: { default: added, secondary: credentialId },
    });
    expect(roles.status).toBe(422);

    const again = await startSignIn(program, manager);
    const answerTo = await challenge(program, again, offered(again, 'email'));
    const signedIn = await program.post(
      answerTo,
      { code: await codeTo(program, manager.email) },
      { token: again.token },
    );
    expect(signedIn.as(publicApi.answerChallenge).next).toEqual({ step: 'completed' });
  });
});
