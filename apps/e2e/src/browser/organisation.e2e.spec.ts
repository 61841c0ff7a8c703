import { presets, publicApi } from '@cofactor/contracts';
import type { Locator, Page } from 'playwright-core';
import { Databases } from '../api/databases';
import { chooseFirstPassword, enrolledManager, newEmail, openPractice, password, type Manager } from '../api/practice';
import { Program } from '../api/program';
import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { examine } from './examine';
import { amara, createPractice, heading, saveCodes, setUpApp, shownCode, signIn, signOut } from './people';

type Role = 'member' | 'patient' | 'administrator' | 'analyst';

/** Several pages in several looks, each. */
jest.setTimeout(240_000);

/** One practice and its manager: each test goes on where the one before it ended. */
describeInBrowser('the pages of a practice', () => {
  let installation: SharedInstallation;
  let browser: TestBrowser;
  let watched: WatchedPage;
  let program: Program;
  let riverside = '';
  let databases: Databases;
  let elmStreet: Awaited<ReturnType<typeof enrolledManager>>;
  let secret = '';
  const findings: string[] = [];
  const seen = async (name: string): Promise<void> => {
    findings.push(...(await examine(watched, name)));
    await watched.page.setViewportSize({ width: 1280, height: 800 });
  };
  const enforcement = (): Locator => watched.page.getByRole('switch', { name: 'Enforce Two-Factor Authentication' });
  const dialog = (): Locator => watched.page.getByRole('dialog');
  const setting = (name: string): Locator => watched.page.getByRole('group', { name, exact: true }).first();
  const open = (name: string): Promise<void> => watched.page.getByRole('link', { name, exact: true }).first().click();

  beforeAll(async () => {
    installation = await sharedInstallation();
    program = new Program(installation.url);
    browser = await TestBrowser.start(installation.url);
    watched = await browser.newPage();
    await createPractice(watched.page, amara);
    await heading(watched.page, 'Set up two-factor authentication');
    elmStreet = await enrolledManager(program);
    databases = await Databases.open(installation);
  });
  afterAll(async () => {
    await browser.close();
    await databases.close();
    await installation.remove();
  });

  /** The session's own token, as the page's requests carry it. */
  async function read(path: string): Promise<unknown> {
    return watched.page.evaluate<unknown>(`fetch(${JSON.stringify(path)}).then((reply) => reply.json())`);
  }
  async function asAmara(method: string, path: string, body: unknown): Promise<number> {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return watched.page.evaluate<number>(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(({ status }) => status)`,
    );
  }
  /** Someone who belongs to Riverside in this role. */
  async function colleague(role: Role, email = newEmail()): Promise<Manager & { readonly name: string }> {
    const added = { name: 'Dr Amara Okafor', email, roles: [role] };
    expect(await asAmara('POST', `/v1/organisations/${riverside}/people`, added)).toBe(201);
    await chooseFirstPassword(program, email);
    const { people } = publicApi.listPeople.reply.parse(await read(`/v1/organisations/${riverside}/people`));
    return { organisationId: riverside, personId: people.at(-1)?.personId ?? '', name: added.name, email, password };
  }
  /** Signs someone in on a browser of their own. */
  async function fresh(person: Manager, see: (page: WatchedPage) => Promise<void>): Promise<void> {
    const other = await browser.newPage();
    await signIn(other.page, { name: '', ...person });
    await see(other);
    await other.page.context().close();
    expect(other.complaints).toEqual([]);
  }
  async function settle(page: Page): Promise<void> {
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
  }

  it('HC7: takes a manager without own two-factor authentication to set-up first, and back', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Not now' }).click();
    await heading(page, 'Security');
    await open('Sign-in rules');
    await heading(page, 'Sign-in rules');
    await page.getByText('you need two-factor authentication yourself').waitFor();
    riverside = /organisations\/([\w-]+)\//.exec(page.url())?.[1] ?? '';
    await setting('Include patients').getByRole('switch').click({ force: true });
    await enforcement().click({ force: true });
    await dialog().getByText('Whoever changes the rules for others').waitFor();
    await dialog().getByRole('link', { name: 'Set up mine' }).click();
    secret = await setUpApp(page);
    await saveCodes(page);
    await heading(page, 'How you sign in');
    await page.getByRole('link', { name: 'Not now' }).click();
    await heading(page, 'Sign-in rules');
    expect(await page.getByText('you need two-factor authentication yourself').count()).toBe(0);
    // What was changed before is not lost on the way.
    await page.getByText('1 change is not saved yet.').waitFor();
    await page.getByRole('button', { name: 'Undo all' }).click();
  });

  it('lists people with name, role and state, filters by it, and has a page for each (AX3)', async () => {
    const { page } = watched;
    await colleague('member');
    await colleague('patient');
    await open('People');
    await heading(page, 'People');
    const rows = page.getByRole('table').getByRole('row');
    await rows.filter({ hasText: 'Administrator' }).getByText('Not complete').waitFor();
    await rows.filter({ hasText: 'Patient' }).getByText('Not set up').waitFor();
    await page.getByText('3 people shown. That is everyone.').waitFor();
    await seen('People');
    await page.getByRole('button', { name: /^Everyone/ }).click();
    await page.getByRole('option', { name: 'Not set up' }).click();
    await page.getByText('2 people shown.').waitFor();
    expect(await rows.filter({ hasText: 'Administrator' }).count()).toBe(0);
    await page.getByRole('button', { name: /^Not set up/ }).click();
    await page.getByRole('option', { name: 'Not complete' }).click();
    await page.getByText('1 person shown.').waitFor();
    await page.getByRole('table').getByRole('link').click();
    await heading(page, 'Dr Amara Okafor');
    const kinds = page.getByRole('list', { name: 'Methods' }).getByRole('listitem');
    expect(await kinds.allTextContents()).toEqual(['Authenticator app']);
    await seen('A person');
    await page.getByRole('link', { name: 'Show the activity' }).click();
    await heading(page, 'Activity');
    await page.getByRole('cell', { name: 'Dr Amara Okafor added the authenticator app', exact: true }).waitFor();
  });

  it('BX4: says who would be asked to set up before anything is enforced; HE3: patients only where the rules say so', async () => {
    const { page } = watched;
    await open('Sign-in rules');
    await enforcement().click({ force: true });
    await dialog().getByText('2 people are asked to set up').waitFor();
    await dialog()
      .getByRole('button', { name: /^Show who/ })
      .click();
    await dialog().locator('.affected li').nth(1).waitFor();
    expect(await dialog().locator('.affected li').count()).toBe(2);
    await seen('Sign-in rules, forecast');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await enforcement().isChecked()).toBe(false);
    await setting('Include patients').getByRole('switch').click({ force: true });
    await enforcement().click({ force: true });
    await dialog().getByText('3 people are asked to set up').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Undo all' }).click();
    expect(await read(`/v1/organisations/${riverside}/policy`)).toMatchObject({
      version: 1,
      policy: { enforced: false },
    });
  });

  it('BX4: locks nobody out without a confirmation that names them', async () => {
    const { page } = watched;
    const shared = await colleague('member', 'reception@riverside.example');
    await setting('Shared accounts').getByText('Not allowed').click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await dialog().getByText('Nobody has to do anything').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await enforcement().click({ force: true });
    await dialog().getByText('1 person cannot sign in any more.').waitFor();
    await dialog().locator('.affected').getByText(shared.name).waitFor();
    await seen('Sign-in rules, somebody locked out');
    await dialog().getByRole('button', { name: 'Enforce' }).click();
    await dialog().getByText('Tick the box to go on').waitFor();
    expect(await read(`/v1/organisations/${riverside}/policy`)).toMatchObject({ version: 1 });
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Undo all' }).click();
  });

  it('BX9: says what the rules reach and which setting holds them back, also of what is not saved yet', async () => {
    const { page } = watched;
    const aal2 = page.locator('.standard').filter({ hasText: 'AAL2' });
    await aal2.getByText('Not reached').waitFor();
    await aal2.getByText('Codes by email show who can open a mailbox').waitFor();
    await aal2.getByText('§3.1.3.1').waitFor();
    await aal2.getByRole('link', { name: 'Methods' }).first().click();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('setting-allowedFactors');
    await page.getByRole('radio', { name: /^Passkeys only/ }).check({ force: true });
    await page.getByText('With the changes that you have not saved yet.').waitFor();
    await aal2.getByText('Codes by email').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo all' }).click();
    await aal2.getByText('Codes by email').waitFor();
  });

  it('adds, renames and removes sites', async () => {
    const { page } = watched;
    await open('Sites');
    await heading(page, 'Sites');
    await page.getByText('There are no sites yet').waitFor();
    for (const name of ['Mill Lane', 'High Street']) {
      await page.getByRole('button', { name: 'Add a site' }).click();
      await dialog().getByLabel('Name of the site').fill(name);
      await dialog().getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByText(`${name} was added.`).waitFor();
    }
    await page.getByRole('button', { name: 'Rename Mill Lane' }).click();
    await dialog().getByLabel('Name of the site').fill('High Street');
    await dialog().getByRole('button', { name: 'Rename', exact: true }).click();
    await dialog().getByText('Another site has this name.').waitFor();
    await seen('Sites, a name that is taken');
    await dialog().getByLabel('Name of the site').fill('Mill Road');
    await dialog().getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByText('The site is called Mill Road now.').waitFor();
    await page.getByRole('button', { name: 'Remove High Street' }).click();
    await dialog().getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('High Street was removed.').waitFor();
    await seen('Sites');
    await open('Sign-in rules');
    await heading(page, 'Sign-in rules');
  });

  it('says at the setting what does not fit together', async () => {
    const { page } = watched;
    for (const who of ['Administrators of the practice', 'Support']) {
      await setting('Who may reset').getByRole('checkbox', { name: who }).uncheck({ force: true });
    }
    await setting('Who may reset').getByText('Choose who may reset').waitFor();
    await seen('Sign-in rules, a problem');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await dialog().getByText('do not fit together').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Undo all' }).click();
  });

  it('tells the second of two editors who changed what, and keeps the changes of both', async () => {
    const { page } = watched;
    await setting('Resets need a second administrator').getByRole('switch').click({ force: true });
    const theirs = { version: 1, policy: { ...presets.healthcode, coversPatients: true } };
    expect(await asAmara('PUT', `/v1/organisations/${riverside}/policy`, theirs)).toBe(200);
    await page.getByRole('button', { name: 'Review and save' }).click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Dr Amara Okafor saved other rules, today at .*: Include patients\./).waitFor();
    await page.getByText('1 change is not saved yet.').waitFor();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByText('The sign-in rules are saved.').waitFor();
    expect(await read(`/v1/organisations/${riverside}/policy`)).toMatchObject({
      version: 3,
      policy: { coversPatients: true, resetApproval: true },
    });
  });

  it('HC7: a manager of several practices picks one in the switcher; each has its own toggle', async () => {
    const { page } = watched;
    const { personId } = await watched.page.evaluate<{ personId: string }>(
      `fetch('/v1/me').then((reply) => reply.json())`,
    );
    const sql = `INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, '{administrator}')`;
    await databases.rows('identity', sql, [personId, elmStreet.manager.organisationId]);
    await page.reload();
    await enforcement().click({ force: true });
    await dialog().getByRole('button', { name: 'Enforce' }).click();
    await page.getByText('Two-factor authentication is enforced from now on.').waitFor();
    expect(await enforcement().isChecked()).toBe(true);
    await page.getByRole('button', { name: /^Riverside Family Practice/ }).click();
    await page.getByRole('option', { name: 'Elm Street Practice' }).click();
    await page.getByText('How everyone at Elm Street Practice signs in.').waitFor();
    await settle(page);
    expect(await enforcement().isChecked()).toBe(false);
    await page.getByRole('button', { name: /^Elm Street Practice/ }).click();
    await page.getByRole('option', { name: 'Riverside Family Practice' }).click();
    await page.getByText('How everyone at Riverside Family Practice signs in.').waitFor();
  });

  it('HC8: once enforced, the next sign-in asks for a set-up, and it cannot be turned off; HC9: afterwards it can', async () => {
    const { page } = watched;
    const member = await colleague('member');
    await fresh(member, async (other) => {
      await heading(other.page, 'Set up two-factor authentication');
      await other.page.getByText('Your practice requires a second proof').waitFor();
      expect(await other.page.getByRole('button', { name: 'Not now' }).count()).toBe(0);
      await other.page.goto('/security');
      await heading(other.page, 'Set up two-factor authentication');
    });
    await page.goto('/security');
    await page.getByRole('button', { name: /^Remove/ }).click();
    await dialog().getByLabel('Password', { exact: true }).fill(amara.password);
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await dialog().getByText('Your practice requires this factor').waitFor();
    await page.keyboard.press('Escape');
    await open('Sign-in rules');
    await enforcement().click({ force: true });
    await dialog().getByText('Nobody’s two-factor authentication is removed.').waitFor();
    await seen('Sign-in rules, no longer enforced');
    await dialog().getByRole('button', { name: 'Stop enforcing' }).click();
    await page.getByText('Two-factor authentication is no longer enforced.').waitFor();
    await open('Security');
    await page.getByText('Signing in takes your password and a second proof.').waitFor();
  });

  it('shows analysts the activity alone, and members and patients nothing of the practice', async () => {
    const analyst = await colleague('analyst');
    await fresh(analyst, async ({ page }) => {
      await page.getByRole('button', { name: 'Not now' }).click();
      await heading(page, 'Security');
      await page.goto(`/organisations/${riverside}/activity`);
      await page.getByRole('table').waitFor();
      const links = page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
      expect(await links.allTextContents()).toEqual(['Activity', 'Security']);
      await page.goto(`/organisations/${riverside}/rules`);
      await page.getByText('Only an administrator of Riverside Family Practice can open this page.').waitFor();
    });
    await fresh(await colleague('member'), async ({ page }) => {
      await page.getByRole('button', { name: 'Not now' }).click();
      await page.goto(`/organisations/${riverside}/people`);
      await page.getByText('Only an administrator of Riverside Family Practice can open this page.').waitFor();
    });
    await fresh(await openPractice(program), async ({ page }) => {
      await page.getByRole('button', { name: 'Not now' }).click();
      await page.goto(`/organisations/${riverside}/people`);
      await page.getByText('You do not belong to this practice.').waitFor();
    });
  });

  it.each([
    ['HE11: offers no email under healthie', 'healthie', ['Authenticator app', 'Text message']],
    ['AX3: offers an app or text messages under accurx', 'accurx', ['Authenticator app', 'Text message']],
    ['HT6: offers no app under hipaatherapy', 'hipaatherapy', ['Passkey']],
  ] as const)('%s', async (_name, preset, offered) => {
    await fresh(await openPractice(program, preset), async ({ page }) => {
      await heading(page, 'Set up two-factor authentication');
      const choices = page.getByRole('list', { name: 'Choose a method' }).locator('.choice-name');
      await choices.first().waitFor();
      expect(await choices.allTextContents()).toEqual(offered);
    });
  });

  it('keeps the page that was wanted for after the sign-in', async () => {
    const { page } = watched;
    await signOut(page);
    await page.goto(`/organisations/${riverside}/people`);
    await page.getByText('Sign in to see that page.').waitFor();
    await page.getByLabel('Email').fill(amara.email);
    await page.getByLabel('Password', { exact: true }).fill(amara.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('6-digit code').fill(shownCode(secret, 1));
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'People');
  });

  it('finds nothing wrong with any of these pages', () => {
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });
});
