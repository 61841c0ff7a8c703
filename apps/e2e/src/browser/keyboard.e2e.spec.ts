import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { amara, createPractice, heading, saveCodes, setUpApp, shownCode, signIn, signOut, toAccount } from './people';

describeInBrowser('hands on the keyboard, and hands that are too quick', () => {
  let installation: SharedInstallation;
  let browser: TestBrowser;
  let watched: WatchedPage;
  let secret = '';

  beforeAll(async () => {
    installation = await sharedInstallation();
    browser = await TestBrowser.start(installation.url);
    watched = await browser.newPage();
    await createPractice(watched.page, amara);
    secret = await setUpApp(watched.page);
    await saveCodes(watched.page);
    await toAccount(watched.page);
    await signOut(watched.page);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await installation.remove();
  });

  it('signs in by keyboard alone, from the heading to the account', async () => {
    const { page } = watched;
    await page.goto('/sign-in');
    await heading(page, 'Sign in');
    expect(await watched.focused()).toBe('Sign in');
    await page.keyboard.press('Tab');
    await page.keyboard.type(amara.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(amara.password);
    await page.keyboard.press('Enter');
    await heading(page, 'Enter your code');
    await page.getByLabel('6-digit code').waitFor();
    expect(await watched.focused()).toBe('6-digit code');
    await page.keyboard.type(shownCode(secret, 1));
    await page.keyboard.press('Tab');
    expect(await watched.focused()).toBe('Continue');
    await page.keyboard.press('Space');
    await heading(page, 'Security');
    expect(await watched.focused()).toBe('Security');
    await page.keyboard.press('Tab');
    await signOut(page);
  });

  it('moves the focus to the first wrong field, and to the alert where no field is wrong', async () => {
    const { page } = watched;
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).press('Enter');
    await page.getByText('Enter your email address.').waitFor();
    expect(await watched.focused()).toBe('Email');
    const described = await page.getByLabel('Email').getAttribute('aria-describedby');
    expect(described).not.toBeNull();
    await signIn(page, { ...amara, password: 'not the password' });
    await page.getByRole('alert').waitFor();
    expect(await watched.focused()).toContain('Email or password is not right');
  });

  it('submits once, however quickly the button is pressed', async () => {
    const { page, posts } = watched;
    const before = posts.length;
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(amara.email);
    await page.getByLabel('Password', { exact: true }).fill(amara.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).dblclick();
    await heading(page, 'Enter your code');
    expect(posts.slice(before).map(({ path }) => path)).toEqual(['/v1/sign-ins']);
  });

  it('tells people who are offline, and signs in when they are back', async () => {
    const { page } = watched;
    await page.goto('/sign-in');
    await heading(page, 'Sign in');
    await page.getByLabel('Email').fill(amara.email);
    await page.getByLabel('Password', { exact: true }).fill(amara.password);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Cofactor cannot be reached.').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await heading(page, 'Enter your code');
  });

  it('keeps what is secret out of the page’s own storage (I4)', async () => {
    const { page } = watched;
    const stored = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(stored).toMatch(/cofactor\.sign-in/);
    for (const word of [amara.password, amara.email, secret]) expect(stored).not.toContain(word);
    // What is kept is the sign-in's id alone, and the token's cookie is out of every script's reach.
    expect(JSON.parse(stored)).toEqual([
      {},
      { 'cofactor.sign-in': expect.stringMatching(/^[\w-]{1,40}$/) as string },
      '',
    ]);
  });
});
