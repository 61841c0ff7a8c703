import type { WatchedPage } from '../chromium';
import { codeSent } from '../outbox';
import {
  createPractice,
  enterCode,
  heading,
  saveCodes,
  setUpApp,
  signIn,
  signOut,
  toAccount,
  type Manager,
} from '../people';
import { password } from '../../api/practice';
import { addToPractice, offeredMethods, removeMethod, switchEnforcement, type Stage } from './stage';

const manager: Manager = { name: 'Dr Sam Reid', email: 'sam@healthcode.example', password: 'nine slow otters' };

/** Two methods for everyone, and nobody has to call anyone. */
export function healthcodeStory(stage: () => Stage): void {
  let watched: WatchedPage;
  let codes: readonly string[] = [];
  const lee: Manager = { name: 'Dr Lee Park', email: 'lee@healthcode.example', password };

  beforeAll(async () => {
    watched = await stage().browser.newPage();
  });

  it('the manager chooses an app, which is recommended, and is told that a second method is needed (HC1, HC4)', async () => {
    const { page } = watched;
    await createPractice(page, manager);
    const [recommended, ...others] = await offeredMethods(page);
    expect(recommended).toBe('Authenticator app (recommended)');
    expect(others).toEqual(['Text message', 'Email code']);
    await setUpApp(page);
    codes = await saveCodes(page);
    await page.getByText('also ask for a secondary method').waitFor();
  });

  it('the second is the login address, masked and never typed; a code confirms it on screen (HC2, HC3)', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Add another method' }).click();
    await page.getByRole('button', { name: 'Email code' }).click();
    await page.getByText(/We sent a code to \S*•\S*@/).waitFor();
    expect(await page.getByText(manager.email).count()).toBe(0);
    await page.getByLabel('6-digit code').fill(await codeSent(stage().url, 'email', manager.email));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await heading(page, 'How you sign in');
    const methods = page.getByRole('list', { name: 'Your methods' }).getByRole('listitem');
    await methods.filter({ hasText: 'Authenticator app' }).getByText('Default').waitFor();
    await methods.filter({ hasText: 'Email' }).getByText('Secondary').waitFor();
    await toAccount(page);
  });

  it('without the phone, a recovery code or the second method signs in (HC5, HC6)', async () => {
    const { page } = watched;
    await signOut(page);
    await signIn(page, manager);
    await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
    await page.getByLabel('Recovery code').fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Security');
    await page.getByText('9 codes left').waitFor();
    await signOut(page);
    const before = await codeSent(stage().url, 'email', manager.email);
    await signIn(page, manager);
    await page.getByRole('button', { name: 'Try another way' }).click();
    await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Email code' }).click();
    await enterCode(page, await codeSent(stage().url, 'email', manager.email, before));
    await heading(page, 'Security');
  });

  it('the manager sees who would be asked to set up, and enforces it (HC7, BX4)', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'People', exact: true }).first().click();
    await heading(page, 'People');
    await addToPractice(page, stage().program, lee, 'member');
    await switchEnforcement(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 person is asked to set up').waitFor();
    await dialog.getByRole('button', { name: /^Show who/ }).click();
    await dialog.locator('.affected').getByText(lee.name).waitFor();
    await dialog.getByRole('button', { name: 'Enforce' }).click();
    await page.getByText('Two-factor authentication is enforced from now on.').waitFor();
  });

  it('a member must set up at the next sign-in; two numbers are one method, and no second (HC8, BX6)', async () => {
    const member = await stage().browser.newPage();
    const { page } = member;
    await signIn(page, lee);
    await page.getByText('Your practice requires a second proof').waitFor();
    expect(await page.getByRole('button', { name: 'Not now' }).count()).toBe(0);
    await addNumber(page, '07400 123 001', '+447400123001');
    await saveCodes(page);
    await page.getByText('also ask for a secondary method').waitFor();
    await page.getByRole('link', { name: 'Add another method' }).click();
    await addNumber(page, '07400 123 002', '+447400123002');
    await heading(page, 'How you sign in');
    await page.getByText('also ask for a secondary method').waitFor();
    await page.getByRole('link', { name: 'Add another method' }).click();
    await page.getByRole('button', { name: 'Email code' }).click();
    await page.getByLabel('6-digit code').fill(await codeSent(stage().url, 'email', lee.email));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await heading(page, 'How you sign in');
    await toAccount(page);
    await removeMethod(page, /^Remove Email/, lee.password);
    await page.getByRole('dialog').getByText('Your practice requires this factor').waitFor();
    await page.context().close();
  });

  it('when it is no longer enforced, nobody has lost a method, and a manager may remove theirs (HC9)', async () => {
    const { page } = watched;
    await switchEnforcement(page);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nobody’s two-factor authentication is removed.').waitFor();
    await dialog.getByRole('button', { name: 'Stop enforcing' }).click();
    await page.getByText('Two-factor authentication is no longer enforced.').waitFor();
    await page.goto('/security');
    await page.getByText('Signing in takes your password and a second proof.').waitFor();
    await removeMethod(page, /^Remove Email/, manager.password);
    await page.getByText(/^Email.* was removed\.$/).waitFor();
  });

  async function addNumber(page: WatchedPage['page'], typed: string, number: string): Promise<void> {
    await page.getByRole('button', { name: 'Text message' }).click();
    await page.getByLabel('Mobile number').fill(typed);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('6-digit code').fill(await codeSent(stage().url, 'sms', number));
    await page.getByRole('button', { name: 'Confirm' }).click();
  }
}
