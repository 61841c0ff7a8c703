import type { Page } from 'playwright-core';
import { chooseFirstPassword } from '../../api/practice';
import type { Program } from '../../api/program';
import type { TestBrowser } from '../chromium';
import { heading, type Manager } from '../people';

/** The installation and the browser that all stories share. */
export interface Stage {
  readonly url: string;
  readonly browser: TestBrowser;
  readonly program: Program;
}

/** Adds somebody to the practice whose page is open, as its administrator; they choose a password by their link. */
export async function addToPractice(
  page: Page,
  program: Program,
  { name, email }: Manager,
  role: string,
): Promise<void> {
  const organisationId = /organisations\/([\w-]+)/.exec(page.url())?.[1] ?? '';
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, roles: [role] }),
  };
  const path = `/v1/organisations/${organisationId}/people`;
  const status = await page.evaluate<number>(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(({ status }) => status)`,
  );
  if (status !== 201) throw new Error(`${email} was not added: ${status}`);
  await chooseFirstPassword(program, email);
}

/** The names of the methods that the set-up offers. */
export async function offeredMethods(page: Page): Promise<readonly string[]> {
  await heading(page, 'Set up two-factor authentication');
  const choices = page.getByRole('list', { name: 'Choose a method' }).locator('.choice-name');
  await choices.first().waitFor();
  return choices.allTextContents();
}

/** Switches *Enforce Two-Factor Authentication*, as far as what it would do to people. */
export async function switchEnforcement(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Sign-in rules', exact: true }).first().click();
  await heading(page, 'Sign-in rules');
  await page.getByRole('switch', { name: 'Enforce Two-Factor Authentication' }).click({ force: true });
}

/** Removes a method in Security, for the password. */
export async function removeMethod(page: Page, name: string | RegExp, typed: string): Promise<void> {
  await page.getByRole('button', { name }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill(typed);
  await dialog.getByRole('button', { name: 'Remove' }).click();
}
