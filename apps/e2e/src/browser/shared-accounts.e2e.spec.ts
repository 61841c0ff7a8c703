import { presets } from '@cofactor/contracts';
import { randomInt } from 'node:crypto';
import { addColleague, enrolledManager } from '../api/practice';
import { Program } from '../api/program';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { describeInBrowser, TestBrowser } from './chromium';
import { examine } from './examine';
import { enterCode, heading, signIn } from './people';

/** What a manager is told of shared accounts and decides, and what whoever uses one is told. */
describeInBrowser('shared accounts', () => {
  let installation: SharedInstallation;
  let program: Program;
  let browser: TestBrowser;
  beforeAll(async () => {
    installation = await sharedInstallation();
    program = new Program(installation.url);
    browser = await TestBrowser.start(installation.url);
  });
  afterAll(async () => {
    await browser.close();
    await installation.remove();
  });

  /** A practice that refuses the accounts of its reception, and one of these. */
  async function practiceWithReception() {
    const { manager, token, app } = await enrolledManager(program);
    const path = `/v1/organisations/${manager.organisationId}`;
    const policy = { ...presets.healthcode, genericAccounts: 'refused', genericNames: ['reception'] };
    expect((await program.send('PUT', `${path}/policy`, { token, body: { version: 1, policy } })).status).toBe(200);
    const email = `reception-${randomInt(1_000_000)}@practice.example`;
    const reception = await addColleague(program, { ...manager, token }, { name: 'Front Desk', email });
    return { manager, app, reception };
  }

  it('AX6 HE13: are shown to the manager with the reason, who decides, and set up nothing while they are refused', async () => {
    const { manager, app, reception } = await practiceWithReception();
    const desk = await browser.newPage();
    await signIn(desk.page, reception);
    await heading(desk.page, 'Set up two-factor authentication');
    await desk.page.getByRole('button', { name: 'Authenticator app (recommended)' }).click();
    await desk.page.getByText('Ask an administrator for an account of your own.').waitFor();

    const watched = await browser.newPage();
    const { page } = watched;
    await signIn(page, { ...manager, name: 'Dr Amara Okafor' });
    await enterCode(page, await app.freshCode());
    await heading(page, 'Security');
    await page.goto(`/organisations/${manager.organisationId}/people`);
    const card = page.getByRole('listitem').filter({ hasText: 'Its address has a name that several people use.' });
    await card.getByText('Shared: it can set up no methods and is not reset.').waitFor();
    expect(await examine(watched, 'People, with a shared account')).toEqual([]);
    await card.getByRole('button', { name: /^One person uses it/ }).click();
    await card.getByText('Used by one person, as an administrator decided.').waitFor();

    await desk.page.goto('/set-up');
    await desk.page.getByRole('button', { name: 'Authenticator app (recommended)' }).click();
    await desk.page.getByLabel('6-digit code').waitFor();
    expect(watched.complaints).toEqual([]);
  }, 180_000);
});
