import type { WatchedPage } from '../chromium';
import { codeSent } from '../outbox';
import { createPractice, heading, saveCodes, signIn, toAccount, type Manager } from '../people';
import { password } from '../../api/practice';
import { addToPractice, offeredMethods, type Stage } from './stage';

const manager: Manager = { name: 'Dr Mia Holt', email: 'mia@accurx.example', password: 'seven grey magpies' };
const number = '+447400123010';

/** An app or text messages, for everyone from the first day; an account is one person’s. */
export function accurxStory(stage: () => Stage): void {
  let watched: WatchedPage;
  const reception: Manager = { name: 'Dr Amara Okafor', email: 'reception@accurx.example', password };

  beforeAll(async () => {
    watched = await stage().browser.newPage();
  });

  it('everyone sets up a text message or an app before they get in (AX3)', async () => {
    const { page } = watched;
    await createPractice(page, manager, 'App or text message, required for everyone');
    await page.getByText('Your practice requires a second proof').waitFor();
    expect(await offeredMethods(page)).toEqual(['Authenticator app', 'Text message']);
    await page.getByRole('button', { name: 'Text message' }).click();
    await page.getByLabel('Mobile number').fill('07400 123 010');
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('6-digit code').fill(await codeSent(stage().url, 'sms', number));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await saveCodes(page);
    await toAccount(page);
  });

  it('a number is shown masked to its owner, and to a manager not at all (AX3)', async () => {
    const { page } = watched;
    await page
      .getByText(/\+44 .*•.* ?010/)
      .first()
      .waitFor();
    expect(await page.content()).not.toMatch(/7400 ?123 ?010/);
    await page.getByRole('link', { name: 'People', exact: true }).first().click();
    await page.getByRole('table').getByRole('link', { name: manager.name }).click();
    await heading(page, manager.name);
    const kinds = page.getByRole('list', { name: 'Methods' }).getByRole('listitem');
    expect(await kinds.allTextContents()).toEqual(['Text message']);
    expect(await page.locator('body').innerText()).not.toContain('010');
  });

  it('an account that several people share sets up nothing (AX6, HE13)', async () => {
    await addToPractice(watched.page, stage().program, reception, 'member');
    const shared = await stage().browser.newPage();
    await signIn(shared.page, reception);
    await shared.page.getByRole('button', { name: /^Authenticator app/ }).click();
    await shared.page.getByText('Several people share this account.').waitFor();
    expect(await shared.page.getByLabel('6-digit code').count()).toBe(0);
    await shared.page.context().close();
  });
}
