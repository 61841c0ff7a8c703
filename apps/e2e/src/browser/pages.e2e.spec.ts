import type { Page } from 'playwright-core';
import { Installation } from '../installation';
import { describeInBrowser, TestBrowser } from './chromium';
import { examine } from './examine';
import { amara, createPractice, heading, saveCodes, setUpApp, shownCode, signIn, signOut, toAccount } from './people';

/** WCAG 2.2 AA as far as axe can tell, no sideways scrolling at 320 px (1.4.10), targets of 44 px, a clean console. */
describeInBrowser('every page, wide and narrow, light and dark', () => {
  let installation: Installation;
  let browser: TestBrowser;

  beforeAll(async () => {
    installation = await Installation.start();
    browser = await TestBrowser.start(installation.url);
  });
  afterAll(async () => {
    await browser.close();
    await installation.remove();
  });

  it('can be read and used by everyone', async () => {
    const watched = await browser.newPage();
    const findings: string[] = [];
    await walk(watched.page, async (name) => {
      findings.push(...(await examine(watched, name)));
    });
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  }, 240_000);
});

/** Comes by every page and every state that has a look of its own. */
async function walk(page: Page, seen: (name: string) => Promise<void>): Promise<void> {
  await page.goto('/');
  await heading(page, 'Create your practice');
  await page.getByRole('button', { name: 'Create practice' }).click();
  await page.getByText('Enter the name of the practice.').waitFor();
  await seen('Create your practice, empty');
  await createPractice(page, amara);
  await page.getByRole('button', { name: 'Not now' }).waitFor();
  await seen('Set up, choice');
  await page.getByRole('button', { name: 'Authenticator app (recommended)' }).click();
  await page.getByLabel('6-digit code').waitFor();
  await seen('Set up, key');
  await page.goto('/set-up');
  const secret = await setUpApp(page);
  await seen('Save your recovery codes');
  await saveCodes(page);
  await heading(page, 'How you sign in');
  await seen('What is set up');
  await toAccount(page);
  await page.getByText('10 codes left').waitFor();
  await seen('Security');
  await page.getByRole('button', { name: /^Remove/ }).click();
  await page.getByRole('dialog').waitFor();
  await seen('Security, removing');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('table').waitFor();
  await seen('Activity');
  await page
    .getByRole('button', { name: /^Details/ })
    .first()
    .click();
  await page.getByRole('dialog').waitFor();
  await seen('Activity, one record');
  await page.keyboard.press('Escape');
  await signOut(page);
  await seen('Sign in, signed out');
  await signIn(page, { ...amara, password: 'not the password' });
  await page.getByText('Email or password is not right').waitFor();
  await seen('Sign in, refused');
  await signIn(page, amara);
  await page.getByLabel('6-digit code').fill(shownCode(secret, -40));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('That code is not right').waitFor();
  await seen('Enter your code, refused');
  await page.getByRole('button', { name: 'Try another way' }).click();
  await seen('Enter your code, ways');
  await page.getByRole('list').getByRole('button', { name: 'Recovery code' }).click();
  await seen('Enter your code, recovery code');
  await page.goto('/recovery-codes');
  await heading(page, 'Save your recovery codes');
  await seen('Save your recovery codes, gone');
  await page.goto('/no/such/page');
  await heading(page, 'This page does not exist');
  await seen('Not found');
}
