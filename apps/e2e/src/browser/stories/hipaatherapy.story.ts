import { giveAuthenticator } from '../authenticator';
import type { WatchedPage } from '../chromium';
import { createPractice, heading, saveCodes, signIn, signOut, toAccount, type Manager } from '../people';
import { offeredMethods, removeMethod, switchEnforcement, type Stage } from './stage';

const manager: Manager = { name: 'Dr Kai Berg', email: 'kai@hipaatherapy.example', password: 'six early herons' };

/** Passkeys, backup codes, and the password for every change. */
export function hipaatherapyStory(stage: () => Stage): void {
  let watched: WatchedPage;
  let codes: readonly string[] = [];

  beforeAll(async () => {
    watched = await stage().browser.newPage();
    await giveAuthenticator(watched.page);
  });

  it('offers a passkey and no authenticator app (HT6)', async () => {
    const { page } = watched;
    await createPractice(page, manager, 'Passkeys only');
    expect(await offeredMethods(page)).toEqual(['Passkey']);
  });

  it('asks for a name and the password, and shows ten backup codes exactly once (HT3)', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Passkey' }).click();
    await page.getByLabel('Name of the passkey').fill('Consulting room');
    await page.getByRole('button', { name: 'Continue' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill(manager.password);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create the passkey' }).click();
    await heading(page, 'Save your recovery codes');
    codes = await saveCodes(page);
    expect(new Set(codes).size).toBe(10);
    await toAccount(page);
    await page.goto('/recovery-codes');
    await page.getByText('Recovery codes are shown once').waitFor();
    expect(await page.getByText(codes[0] ?? '').count()).toBe(0);
    await page.goto('/security');
    await page.getByRole('heading', { name: 'Consulting room' }).waitFor();
  });

  it('signs in by the passkey, or by a backup code, which works once (HT1, HT4)', async () => {
    const { page } = watched;
    await signOut(page);
    await signIn(page, manager);
    await page.getByRole('button', { name: 'Use your passkey' }).click();
    await heading(page, 'Security');
    for (const [index, sentence] of [
      [0, '9 codes left'],
      [1, '8 codes left'],
    ] as const) {
      await signOut(page);
      await signIn(page, manager);
      await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
      // The one before this is dead.
      for (const code of codes.slice(0, index + 1)) {
        await page.getByLabel('Recovery code').fill(code);
        await page.getByRole('button', { name: 'Continue' }).click();
        if (code !== codes[index]) await page.getByText(/^That code (was already used|is not right)/).waitFor();
      }
      await heading(page, 'Security');
      await page.getByText(sentence).waitFor();
    }
  });

  it('gives new codes for the password alone, and the old ones are dead (HT4)', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Get new recovery codes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill(manager.password);
    await dialog.getByRole('button', { name: 'Get new codes' }).click();
    await heading(page, 'Save your recovery codes');
    const fresh = await saveCodes(page);
    expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
    await page.getByText('10 codes left').waitFor();
  });

  it('keeps the last passkey while the practice enforces it, and lets it go for the password afterwards (HT5)', async () => {
    const { page } = watched;
    await switchEnforcement(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Enforce' }).click();
    await page.getByText('Two-factor authentication is enforced from now on.').waitFor();
    await page.goto('/security');
    await removeMethod(page, 'Remove Consulting room', manager.password);
    await page.getByRole('dialog').getByText('Your practice requires this factor').waitFor();
    await page.keyboard.press('Escape');
    await switchEnforcement(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Stop enforcing' }).click();
    await page.getByText('Two-factor authentication is no longer enforced.').waitFor();
    await page.goto('/security');
    await removeMethod(page, 'Remove Consulting room', manager.password);
    await page.getByText('Consulting room was removed.').waitFor();
    await page.getByText('Your password alone opens this account.').waitFor();
  });
}
