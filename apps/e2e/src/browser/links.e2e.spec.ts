import { eventually } from '@cofactor/testkit';
import { Databases } from '../api/databases';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { examine } from './examine';
import { linkSent } from './outbox';
import {
  amara,
  createPractice,
  enterCode,
  heading,
  saveCodes,
  setUpApp,
  shownCode,
  signIn,
  toAccount,
  type Manager,
} from './people';

const sam: Manager = { name: 'Sam Whittaker', email: 'sam@riverside.example', password: 'nine patient kestrels' };

/** The links that people open from a message, in a story in which a test goes on where the one before it ended. */
describeInBrowser('links in messages', () => {
  let installation: SharedInstallation;
  let browser: TestBrowser;
  let databases: Databases;
  let manager: WatchedPage;
  let secret = '';
  const findings: string[] = [];

  const linkTo = ({ email }: Manager, path: string): Promise<string> => linkSent(installation.url, email, path);
  const seen = async (watched: WatchedPage, name: string): Promise<void> => {
    findings.push(...(await examine(watched, name)));
    await watched.page.setViewportSize({ width: 1280, height: 800 });
  };
  const practice = async (): Promise<string> => {
    const ids = await manager.page.evaluate<string[]>(
      `fetch('/v1/session').then(async (reply) => (await reply.json()).organisations.map((one) => one.organisationId))`,
    );
    return ids[0] ?? '';
  };
  const people = async (): Promise<void> => {
    await manager.page.goto(`/organisations/${await practice()}/people`);
    await heading(manager.page, 'People');
  };

  beforeAll(async () => {
    installation = await sharedInstallation();
    databases = await Databases.open(installation);
    browser = await TestBrowser.start(installation.url);
    manager = await browser.newPage();
    await createPractice(manager.page, amara);
    secret = await setUpApp(manager.page);
    await saveCodes(manager.page);
    await toAccount(manager.page);
    // The rules ask for no second method, so that the story is about links.
    const rules = JSON.stringify({ enforced: true, secondaryRequired: false });
    const change = 'UPDATE organisations SET policy = policy || $2::jsonb WHERE organisation_id = $1';
    await databases.rows('identity', change, [await practice(), rules]);
  });
  afterAll(async () => {
    await browser.close();
    await databases.close();
    await installation.remove();
  });

  it('lead somebody whom a manager adds to their first password', async () => {
    await people();
    const { page } = manager;
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText('Enter the name of the person.').waitFor();
    await seen(manager, 'adding a person');
    await dialog.getByLabel('Name').fill(sam.name);
    await dialog.getByLabel('Email').fill(sam.email);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(`${sam.name} was added, and a message is on its way to them.`).waitFor();
    await page.getByRole('link', { name: sam.name }).click();
    await heading(page, sam.name);
    await page.getByText(`${sam.name} has not chosen a password yet.`).waitFor();
    await seen(manager, 'a person without a password');
  });

  it('HC8: and from there, under enforcement, to the set-up', async () => {
    const first = await linkTo(sam, '/first-password');
    await manager.page.getByRole('button', { name: 'Send the link again' }).click();
    await manager.page.getByText(`A new link is on its way to ${sam.name}.`, { exact: false }).waitFor();
    const newest = await eventually(
      () => linkTo(sam, '/first-password'),
      (link) => link !== first,
      50_000,
    );
    const colleague = await browser.newPage();
    const { page } = colleague;
    const choose = async (link: string): Promise<void> => {
      await page.goto('/sign-in');
      await page.goto(link);
      await page.getByLabel('Password', { exact: true }).fill(sam.password);
      await page.getByRole('button', { name: 'Save the password' }).click();
    };
    await choose(first);
    await page.getByText('This link does not work any more.', { exact: false }).waitFor();
    await seen(colleague, 'a link that is dead');
    await choose(newest);
    await heading(page, 'Your password is saved');
    await seen(colleague, 'a password that is saved');
    await choose(newest);
    await page.getByText('This link does not work any more.', { exact: false }).waitFor();
    await signIn(page, sam);
    await heading(page, 'Set up two-factor authentication');
  });

  it('lead out again whoever a manager removes', async () => {
    const { page } = manager;
    await page.reload();
    await page.getByRole('button', { name: 'Change roles and sites' }).click();
    await page.getByRole('dialog').getByText('Analyst: reads the activity').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText(`The roles and sites of ${sam.name} were changed.`).waitFor();
    await page.getByRole('button', { name: 'Remove from the practice' }).click();
    await seen(manager, 'removing a person');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await heading(page, 'People');
    await page.getByRole('link', { name: sam.name }).waitFor({ state: 'detached' });
  });

  it('HE8: stop every change of one’s methods where it was not oneself, and say so on Security', async () => {
    const link = await linkTo(amara, '/not-me');
    const stranger = await browser.newPage();
    await stranger.page.goto('/sign-in');
    await stranger.page.goto(link);
    await heading(stranger.page, 'Was this not you?');
    await seen(stranger, 'a report');
    await stranger.page.getByRole('button', { name: 'Stop changes for 24 hours' }).click();
    await heading(stranger.page, 'Changes are stopped');
    await seen(stranger, 'a report that was made');
    await manager.page.goto('/security');
    await heading(manager.page, 'Sign in');
    await signIn(manager.page, amara);
    await enterCode(manager.page, shownCode(secret, 1));
    await heading(manager.page, 'Security');
    await manager.page.getByText('You reported a change as not yours.', { exact: false }).waitFor();
  });

  it('are pages on which axe and a ruler find nothing', () => {
    expect(findings).toEqual([]);
  });
});
