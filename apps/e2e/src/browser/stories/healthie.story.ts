import type { WatchedPage } from '../chromium';
import { codeSent } from '../outbox';
import { createPractice, heading, saveCodes, shownCode, signIn, signOut, toAccount, type Manager } from '../people';
import { offeredMethods, type Stage } from './stage';

const manager: Manager = { name: 'Dr Noa Levi', email: 'noa@healthie.example', password: 'four bright comets' };

/** One method that people choose, with numbers of several countries, and one backup code. */
export function healthieStory(stage: () => Stage): void {
  let watched: WatchedPage;
  let backup = '';

  beforeAll(async () => {
    watched = await stage().browser.newPage();
  });

  it('offers an app and text messages, and no email (HE11)', async () => {
    const { page } = watched;
    await createPractice(page, manager, 'App or text message, with one backup code');
    expect(await offeredMethods(page)).toEqual(['Authenticator app', 'Text message']);
  });

  it('takes an app by QR code or typed key, and gives one backup code (HE2, HE4)', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Authenticator app' }).click();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    const key = (await page.locator('.key').textContent()) ?? '';
    await page.getByLabel('6-digit code').fill(shownCode(key.replaceAll(' ', '')));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await heading(page, 'Save your recovery code');
    const codes = await saveCodes(page);
    expect(codes).toHaveLength(1);
    backup = codes[0] ?? '';
  });

  it('takes a number of a country that is picked, as it is typed there (HE1)', async () => {
    const { page } = watched;
    await toAccount(page);
    await page.getByRole('link', { name: 'Add another method' }).click();
    await page.getByRole('button', { name: 'Text message' }).click();
    await page.getByRole('button', { name: /Country$/ }).click();
    await page.getByRole('option', { name: /^United States/ }).click();
    await page.getByLabel('Mobile number').fill('(201) 555-0123');
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByText(/We sent a code to \+1 .*123/).waitFor();
    await page.getByLabel('6-digit code').fill(await codeSent(stage().url, 'sms', '+12015550123'));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await heading(page, 'How you sign in');
    await toAccount(page);
  });

  it('signs in by the backup code once, which brings a new one (HE4)', async () => {
    const { page } = watched;
    await signOut(page);
    await signIn(page, manager);
    await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
    await page.getByLabel('Recovery code').fill(backup);
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Save your recovery code');
    const [replacement] = await saveCodes(page);
    expect(replacement).not.toBe(backup);
    await heading(page, 'Security');
    await page.getByText('1 code left').waitFor();
  });
}
