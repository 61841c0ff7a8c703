import { totpCode } from '@cofactor/testkit';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';

export interface Manager {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const amara: Manager = {
  name: 'Dr Amara Okafor',
  // Several specs tell of her, some on one installation.
  email: `amara.${randomUUID().slice(0, 8)}@riverside.example`,
  password: 'seven quiet herons',
};

/** What an authenticator app shows now, or some steps of 30 s from now. */
export const shownCode = (secret: string, steps = 0): string => totpCode(secret, Date.now() + steps * 30_000);

export async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Fills in "Create your practice" and sends it. */
export async function createPractice(page: Page, manager: Manager, rules = 'Two methods'): Promise<void> {
  await page.goto('/create-practice');
  await page.getByLabel('Practice name').fill('Riverside Family Practice');
  await page.getByRole('radio', { name: rules }).check({ force: true });
  await page.getByLabel('Your name').fill(manager.name);
  await page.getByLabel('Email').fill(manager.email);
  await page.getByLabel('Password', { exact: true }).fill(manager.password);
  await page.getByRole('button', { name: 'Create practice' }).click();
}

/** From the choice of a method to the recovery codes; gives back the app's secret. */
export async function setUpApp(page: Page): Promise<string> {
  await heading(page, 'Set up two-factor authentication');
  await page.getByRole('button', { name: 'Authenticator app (recommended)' }).click();
  const key = await page.locator('.key').textContent();
  const secret = (key ?? '').replaceAll(' ', '');
  await page.getByLabel('6-digit code').fill(shownCode(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await heading(page, 'Save your recovery codes');
  return secret;
}

/** Reads the recovery codes, ticks that they are saved, and goes on. */
export async function saveCodes(page: Page): Promise<readonly string[]> {
  const codes = await page
    .getByRole('list', { name: /^Your recovery codes?$/ })
    .locator('code')
    .allTextContents();
  await page.getByRole('checkbox', { name: /^I have saved my codes?$/ }).check({ force: true });
  await page.getByRole('button', { name: 'Continue' }).click();
  return codes;
}

/** From what is set up now to the account, with what is missing left for later. */
export async function toAccount(page: Page): Promise<void> {
  await heading(page, 'How you sign in');
  await page.getByRole('link', { name: /^(Not now|Continue)$/ }).click();
  await heading(page, 'Security');
}

export async function signIn(page: Page, { email, password }: Manager): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('6-digit code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in');
}
