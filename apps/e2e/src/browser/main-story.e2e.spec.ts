import { eventually } from '@cofactor/testkit';
import { Installation } from '../installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import {
  amara,
  createPractice,
  enterCode,
  heading,
  saveCodes,
  setUpApp,
  shownCode,
  signIn,
  signOut,
  toAccount,
} from './people';

/** One story: each test goes on where the one before it ended. */
describeInBrowser('one person signs in, and the activity page proves it', () => {
  let installation: Installation;
  let browser: TestBrowser;
  let watched: WatchedPage;
  let secret = '';
  let codes: readonly string[] = [];
  let used = '';

  beforeAll(async () => {
    installation = await Installation.start();
    browser = await TestBrowser.start(installation.url);
    watched = await browser.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await installation.remove();
  });

  it('leads an empty installation to "Create your practice", and the manager on to the set-up', async () => {
    await watched.page.goto('/');
    await heading(watched.page, 'Create your practice');
    await createPractice(watched.page, amara);
    await heading(watched.page, 'Set up two-factor authentication');
    await watched.page.getByRole('button', { name: 'Not now' }).waitFor();
  });

  it('sets up an authenticator app by QR code or typed key (HC1, HE2)', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Authenticator app (recommended)' }).click();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await page.getByText('Can’t scan it? Type this key').waitFor();
    await page.getByLabel('6-digit code').fill('12 34');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Enter all 6 digits.').waitFor();
    await page.goto('/set-up');
    secret = await setUpApp(page);
  });

  it('shows ten recovery codes once, and goes on only when they are saved', async () => {
    const { page } = watched;
    const go = page.getByRole('button', { name: 'Continue' });
    expect(await go.getAttribute('aria-disabled')).toBe('true');
    await go.press('Enter');
    await page.getByText('Save the codes first, then tick this box.').waitFor();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    codes = await saveCodes(page);
    expect(new Set(codes).size).toBe(10);
    await toAccount(page);
    await page.getByText('10 codes left').waitFor();
    await page.goto('/recovery-codes');
    await page.getByText('Recovery codes are shown once').waitFor();
    expect(await page.getByText(codes[0] ?? '').count()).toBe(0);
  });

  it('signs out', async () => {
    await watched.page.goto('/security');
    await signOut(watched.page);
    await watched.page.getByText('You are signed out.').waitFor();
    await watched.page.goto('/security');
    await heading(watched.page, 'Sign in');
  });

  it('signs in with a pasted code, also after a reload half-way (R46)', async () => {
    const { page } = watched;
    await signIn(page, amara);
    await heading(page, 'Enter your code');
    await page.reload();
    const field = page.getByLabel('6-digit code');
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field.getAttribute('inputmode')).toBe('numeric');
    used = shownCode(secret, 1);
    await page.evaluate(`navigator.clipboard.writeText('${used.slice(0, 3)} ${used.slice(3)}')`);
    await field.press('Control+V');
    await field.press('Enter');
    await heading(page, 'Security');
    await signOut(page);
  });

  it('refuses the same code a second time, and says what to do (I2)', async () => {
    await signIn(watched.page, amara);
    await enterCode(watched.page, used);
    await watched.page.getByText('That code was already used. Wait for the next one').waitFor();
    expect(await watched.focused()).toContain('6-digit code');
  });

  it('lets someone without the phone in by a recovery code, once (HC6, HT4)', async () => {
    const { page } = watched;
    const [code = ''] = codes;
    await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
    await page.getByLabel('Recovery code').fill(code.toUpperCase());
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Security');
    await page.getByText('9 codes left').waitFor();
    await signOut(page);
    await signIn(page, amara);
    await page.getByRole('button', { name: 'Try another way' }).click();
    await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Recovery code' }).click();
    await page.getByLabel('Recovery code').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(/^That code (was already used|is not right)/).waitFor();
    await page.getByLabel('Recovery code').fill(codes[1] ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Security');
  });

  it('shows all of it on the activity page, in sentences, with the raw record (I8, R1)', async () => {
    const { page } = watched;
    const read = page.waitForRequest(/\/audit\/records/);
    await page.getByRole('link', { name: 'Activity' }).click();
    await heading(page, 'Activity');
    expect((await read).headers()['cofactor-read-after']).toMatch(/^\S+@\d+(, \S+@\d+)*$/);
    for (const sentence of [
      'Dr Amara Okafor created the practice',
      'Dr Amara Okafor added the authenticator app',
      'Dr Amara Okafor signed in with the authenticator app',
      'A code from the authenticator app was refused for Dr Amara Okafor: the code was already used',
      'Dr Amara Okafor signed in with a recovery code',
    ]) {
      await page.getByRole('cell', { name: sentence }).first().waitFor();
    }
    await page
      .getByRole('button', { name: /^Details: .*was already used/ })
      .first()
      .click();
    const raw = await page.getByRole('dialog').locator('pre').textContent();
    expect(JSON.parse(raw ?? '')).toMatchObject({ type: 'challenge.refused', reason: 'already-used' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'What happened' }).click();
    await page.getByRole('option', { name: 'Factor added' }).click();
    await page.getByText('1 record shown').waitFor();
  });

  it('gives new recovery codes for the password, and the old ones are dead (HT4)', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Get new recovery codes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Get new codes' }).click();
    await dialog.getByText('That password is not right.').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(amara.password);
    await dialog.getByRole('button', { name: 'Get new codes' }).click();
    await heading(page, 'Save your recovery codes');
    const fresh = await saveCodes(page);
    expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
    await page.getByText('10 codes left').waitFor();
  });

  it('ends another session, which then reads why (R23)', async () => {
    const elsewhere = await browser.newPage();
    await signIn(elsewhere.page, amara);
    await elsewhere.page.getByRole('button', { name: 'Enter a recovery code instead' }).waitFor();
    await enterCode(elsewhere.page, await nextUnused());
    await heading(elsewhere.page, 'Security');
    await watched.page.reload();
    const others = watched.page.getByRole('listitem').filter({ hasNotText: 'This session' });
    await others.getByRole('button', { name: /^Sign out/ }).click();
    await watched.page.getByText('was signed out.').waitFor();
    await elsewhere.page.getByRole('link', { name: 'Activity' }).click();
    await elsewhere.page.getByText('Your session has ended').waitFor();
    expect(elsewhere.complaints).toEqual([]);
  }, 90_000);

  it('removes the app for the password, and says that it is off', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(amara.password);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Your password alone opens this account.').waitFor();
  });

  it('has broken no rule of the content security policy on the way, and thrown nothing', () => {
    expect(watched.complaints).toEqual([]);
  });

  it('has sent every POST with an Idempotency-Key of its own', () => {
    const keys = watched.posts.map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(10);
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  /** The first code after the one that was used; an app shows it within 30 s. */
  async function nextUnused(): Promise<string> {
    return eventually(
      () => shownCode(secret, 1),
      (code) => code !== used,
      35_000,
    );
  }
});
