import { randomUUID } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { Databases } from '../api/databases';
import { newEmail, openPractice, password } from '../api/practice';
import { Program } from '../api/program';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { examine } from './examine';
import { createPractice, heading, saveCodes, setUpApp, signIn, toAccount, type Manager } from './people';

/** Several pages in several looks, each. */
jest.setTimeout(240_000);

const robin: Manager = { name: 'Robin Ashe', email: newEmail(), password: 'eleven calm otters' };
const pat: Manager = { name: 'Dr Pat Lindqvist', email: newEmail(), password };
const hillside = `Hillside Surgery ${randomUUID().slice(0, 8)}`;

/** What the set-up says to somebody who may leave it, and to somebody who may not. */
const offered = 'A second proof, beside your password, keeps others out';
const due = 'Your practice requires a second proof';

/** The operator of an installation; each test goes on where the one before it ended. */
describeInBrowser('the pages of the operator', () => {
  let installation: SharedInstallation;
  let browser: TestBrowser;
  let databases: Databases;
  let watched: WatchedPage;
  const findings: string[] = [];

  const seen = async (name: string): Promise<void> => {
    findings.push(...(await examine(watched, name)));
    await watched.page.setViewportSize({ width: 1280, height: 800 });
  };
  const dialog = (): Locator => watched.page.getByRole('dialog');
  const open = (name: string): Promise<void> => watched.page.getByRole('link', { name, exact: true }).click();
  const required = (): Locator =>
    watched.page.getByRole('switch', { name: `Require two-factor authentication ${hillside}` });
  /** What somebody is shown when they sign in on a browser of their own. */
  const shownTo = async (person: Manager, sentence: string): Promise<void> => {
    const other = await browser.newPage();
    await signIn(other.page, person);
    await other.page.getByText(sentence).waitFor();
    await other.page.context().close();
    expect(other.complaints).toEqual([]);
  };

  beforeAll(async () => {
    installation = await sharedInstallation();
    databases = await Databases.open(installation);
    browser = await TestBrowser.start(installation.url);
    watched = await browser.newPage();
    const { page } = watched;
    await createPractice(page, robin);
    await setUpApp(page);
    await saveCodes(page);
    await toAccount(page);
  });
  afterAll(async () => {
    await browser.close();
    await databases.close();
    await installation.remove();
  });

  it('are open to the operator alone', async () => {
    const { page } = watched;
    await page.goto('/installation');
    await heading(page, 'This page is not open to you');
    expect(await page.getByRole('link', { name: 'Installation' }).count()).toBe(0);
    const { personId } = await page.evaluate<{ personId: string }>(`fetch('/v1/me').then((reply) => reply.json())`);
    await databases.rows('identity', 'INSERT INTO operators (person_id) VALUES ($1)', [personId]);
    await page.reload();
    await heading(page, 'Practices');
    await page.getByRole('link', { name: 'Installation' }).waitFor();
  });

  it('HE3: require two-factor authentication of a practice, after a forecast; its people are asked at the next sign-in', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Create a practice' }).click();
    await dialog().getByLabel('Practice name').fill(hillside);
    await dialog().getByLabel('Name of the administrator').fill(pat.name);
    await dialog().getByLabel('Email of the administrator').fill(pat.email);
    await dialog().getByLabel('Their first password', { exact: true }).fill(pat.password);
    await seen('Create a practice for somebody else');
    await dialog().getByRole('button', { name: 'Create practice' }).click();
    await page.getByText(`${hillside} was created.`).waitFor();
    await shownTo(pat, offered);

    await required().click({ force: true });
    await dialog().getByText(`Enforce two-factor authentication at ${hillside}?`).waitFor();
    await dialog().getByText('1 person is asked to set up').waitFor();
    await dialog()
      .getByRole('button', { name: /^Show who/ })
      .click();
    await dialog().locator('.affected').getByText(pat.name).waitFor();
    await seen('Practices, forecast');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await required().isChecked()).toBe(false);
    await required().click({ force: true });
    await dialog().getByRole('button', { name: 'Enforce' }).click();
    await page.getByText(`${hillside} requires two-factor authentication from now on.`).waitFor();
    expect(await required().isChecked()).toBe(true);
    await seen('Practices');
    await shownTo(pat, due);

    await required().click({ force: true });
    await dialog().getByRole('button', { name: 'Stop enforcing' }).click();
    await page.getByText(`${hillside} no longer requires two-factor authentication.`).waitFor();
    await shownTo(pat, offered);
  });

  it('HE3: require it of one person, who is found by email, and no longer', async () => {
    const { page } = watched;
    const { email } = await openPractice(new Program(installation.url));
    const person = { ...pat, email };
    await open('One person');
    await heading(page, 'One person');
    await page.getByLabel('Email of the person').fill(newEmail());
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody signs in with that email.').waitFor();
    await page.getByLabel('Email of the person').fill(email);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('D••• A••• O•••').waitFor();
    const toggle = page.getByRole('switch', { name: 'Require two-factor authentication for this person' });
    await toggle.click({ force: true });
    await page.getByText('must use two-factor authentication. They are told by email.').waitFor();
    expect(await toggle.isChecked()).toBe(true);
    await seen('One person');
    await shownTo(person, due);
    // What is told of the person is what was kept.
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('They are told by email.').waitFor({ state: 'detached' });
    expect(await toggle.isChecked()).toBe(true);
    await toggle.click({ force: true });
    await page.getByText('the rules of their practices decide from now on').waitFor();
    await shownTo(person, offered);
  });

  it('AX5: take someone into support, whose first password is shown once, and dismiss them', async () => {
    const { page } = watched;
    const kit: Manager = { name: 'Kit Rivera', email: newEmail(), password: '' };
    await open('Support staff');
    await heading(page, 'Support staff');
    await page.getByRole('button', { name: 'Add someone to support' }).click();
    await dialog().getByLabel('Name').fill(kit.name);
    await dialog().getByLabel('Email').fill(kit.email);
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await dialog().getByText('First password of Kit Rivera').waitFor();
    const shown = (await dialog().locator('.key').textContent()) ?? '';
    await seen('First password of support');
    await dialog().getByRole('button', { name: 'I have noted it' }).click();
    await page.getByText('Kit Rivera belongs to support from now on.').waitFor();
    expect(await page.getByText(shown).count()).toBe(0);
    await shownTo({ ...kit, password: shown }, due);
    await seen('Support staff');
    await page.getByRole('button', { name: 'Remove Kit Rivera from support' }).last().click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Kit Rivera no longer belongs to support.').waitFor();
    await shownTo({ ...kit, password: shown }, due);
  });

  it('have nothing that axe, a ruler or the console complain of', () => {
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });
});
