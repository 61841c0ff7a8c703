import { sharedInstallation, type SharedInstallation } from '../shared-installation';
import { giveAuthenticator } from './authenticator';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { examine } from './examine';
import { codeSent } from './outbox';
import {
  amara,
  createPractice,
  enterCode,
  heading,
  saveCodes,
  setUpApp,
  signIn,
  signOut,
  toAccount,
  type Manager,
} from './people';

const priya: Manager = { ...amara, name: 'Dr Priya Nair', email: 'priya@hillside.example' };

/** Two practices on one installation, each a story in which a test goes on where the one before it ended. */
describeInBrowser('every method, set up and used', () => {
  let installation: SharedInstallation;
  let browser: TestBrowser;
  let watched: WatchedPage;
  const findings: string[] = [];
  const seen = async (name: string): Promise<void> => {
    findings.push(...(await examine(watched, name)));
  };

  beforeAll(async () => {
    installation = await sharedInstallation();
    browser = await TestBrowser.start(installation.url);
    watched = await browser.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await installation.remove();
  });

  describe('under healthcode', () => {
    let codes: readonly string[] = [];
    let sent = '';

    it('offers an app, recommended, text messages and email, and is not complete with one of them (HC1, HC4)', async () => {
      const { page } = watched;
      await createPractice(page, amara);
      await heading(page, 'Set up two-factor authentication');
      const choices = page.getByRole('list', { name: 'Choose a method' }).getByRole('button');
      expect(await choices.locator('.choice-name').allTextContents()).toEqual([
        'Authenticator app (recommended)',
        'Text message',
        'Email code',
      ]);
      await seen('Set up, every method');
      await setUpApp(page);
      codes = await saveCodes(page);
      await heading(page, 'How you sign in');
      await page.getByText('also ask for a secondary method').waitFor();
      await seen('Set up, one method of two');
    });

    it('sends a code to the login address, masked and never typed, and shows what is chosen (HC2, HC3)', async () => {
      const { page } = watched;
      await page.getByRole('link', { name: 'Add another method' }).click();
      await page.getByRole('button', { name: 'Email code' }).click();
      await page.getByText(/We sent a code to \S*•\S*@/).waitFor();
      expect(await page.getByRole('textbox').count()).toBe(1);
      expect(await page.getByText(amara.email).count()).toBe(0);
      await page.getByText(/^Send again in \d+ seconds?$/).waitFor();
      await seen('Set up, email code');
      sent = await codeSent(installation.url, 'email', amara.email);
      await page.getByLabel('6-digit code').fill(sent);
      await page.getByRole('button', { name: 'Confirm' }).click();
      await heading(page, 'How you sign in');
      const methods = page.getByRole('list', { name: 'Your methods' }).getByRole('listitem');
      await methods.filter({ hasText: 'Authenticator app' }).getByText('Default').waitFor();
      await methods.filter({ hasText: 'Email' }).getByText('Secondary').waitFor();
      expect(await page.getByText('also ask for a secondary method').count()).toBe(0);
      await seen('Set up, default and secondary');
      await toAccount(page);
      await seen('Security, two methods');
      await signOut(page);
    });

    it('lets someone without the phone in by email, with one code however often the page is loaded (HC6)', async () => {
      const { page, posts } = watched;
      const before = posts.length;
      await signIn(page, amara);
      await page.getByRole('button', { name: 'Try another way' }).click();
      await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Email code' }).click();
      await page.getByText(/We sent a code by email to \S*•/).waitFor();
      await seen('Enter your code, email');
      const code = await codeSent(installation.url, 'email', amara.email, sent);
      await page.reload();
      await page.getByRole('button', { name: 'Try another way' }).click();
      await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Email code' }).click();
      await page.getByLabel('6-digit code').waitFor();
      expect(posts.slice(before).filter(({ path }) => path.endsWith('/challenges'))).toHaveLength(1);
      await enterCode(page, code === '000 000' ? '111 111' : '000 000');
      await page.getByText('That code is not right').waitFor();
      await enterCode(page, code);
      await heading(page, 'Security');
      await signOut(page);
    });

    it('keeps recovery codes valid beside the secondary method (HC5, HC6)', async () => {
      const { page } = watched;
      await signIn(page, amara);
      await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
      await page.getByLabel('Recovery code').fill(codes[0] ?? '');
      await page.getByRole('button', { name: 'Continue' }).click();
      await heading(page, 'Security');
      await page.getByText('9 codes left').waitFor();
    });
  });

  describe('by text message', () => {
    it('takes a number as it is typed at home, and shows it masked from then on (HE1)', async () => {
      const { page } = watched;
      await page.getByRole('link', { name: 'Add another method' }).click();
      await page.getByRole('button', { name: 'Text message' }).click();
      await page.getByRole('button', { name: 'United Kingdom Country' }).waitFor();
      await page.getByLabel('Mobile number').fill('12');
      await page.getByRole('button', { name: 'Send the code' }).click();
      await page.locator('.field-problem').first().waitFor();
      await seen('Set up, a number that is none');
      await page.getByLabel('Mobile number').fill('07400 123 457');
      await page.getByRole('button', { name: 'Send the code' }).click();
      await page.getByText(/We sent a code to \+44 .*457/).waitFor();
      await seen('Set up, code by text message');
      await page.getByLabel('6-digit code').fill(await codeSent(installation.url, 'sms', '+447400123457'));
      await page.getByRole('button', { name: 'Confirm' }).click();
      await toAccount(page);
    });

    it('changes which method is the default, and does not offer it of one that cannot be it (HC2)', async () => {
      const { page } = watched;
      await page.getByRole('button', { name: 'Make secondary: Text message' }).waitFor();
      expect(await page.getByRole('button', { name: 'Make default: Email' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Make secondary: Text message' }).click();
      await page.getByText('Text message your secondary one').waitFor();
      await page.getByRole('button', { name: 'Make default: Text message' }).click();
      await page.getByText('Text message is your default method now').waitFor();
      await seen('Security, three methods');
      await signOut(page);
    });

    it('sends the code as soon as the default method is shown (HC1, HE1)', async () => {
      const { page } = watched;
      const before = await codeSent(installation.url, 'sms', '+447400123457');
      await signIn(page, amara);
      await page.getByText(/We sent a code by text message to \+44/).waitFor();
      await enterCode(page, await codeSent(installation.url, 'sms', '+447400123457', before));
      await heading(page, 'Security');
      await signOut(page);
    });
  });

  describe('under hipaatherapy', () => {
    let codes: readonly string[] = [];

    it('asks for a name and the password; the first passkey brings ten codes (HT3)', async () => {
      const { page } = watched;
      const authenticator = await giveAuthenticator(page);
      await createPractice(page, priya, 'Passkeys only');
      await page.getByRole('button', { name: 'Passkey' }).click();
      await page.getByLabel('Name of the passkey').fill('Desk computer');
      await seen('Set up, name of a passkey');
      await page.getByRole('button', { name: 'Continue' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Password', { exact: true }).fill(priya.password);
      await dialog.getByRole('button', { name: 'Continue' }).click();
      await authenticator.letUserVerify(false);
      await page.getByRole('button', { name: 'Create the passkey' }).click();
      await page.getByText('No passkey was created').waitFor();
      await seen('Set up, no passkey created');
      await authenticator.letUserVerify(true);
      await page.getByRole('button', { name: 'Create the passkey' }).click();
      await heading(page, 'Save your recovery codes');
      codes = await saveCodes(page);
      expect(new Set(codes).size).toBe(10);
      await toAccount(page);
      await page.getByRole('heading', { name: 'Desk computer' }).waitFor();
      await signOut(page);
    });

    it('signs in by the passkey, or by a recovery code instead (HT1, HT4)', async () => {
      const { page } = watched;
      await signIn(page, priya);
      await page.getByRole('button', { name: 'Use your passkey' }).waitFor();
      await seen('Enter your code, passkey');
      await page.getByRole('button', { name: 'Use your passkey' }).click();
      await heading(page, 'Security');
      await signOut(page);
      await signIn(page, priya);
      await page.getByRole('button', { name: 'Enter a recovery code instead' }).click();
      await page.getByLabel('Recovery code').fill(codes[0] ?? '');
      await page.getByRole('button', { name: 'Continue' }).click();
      await heading(page, 'Security');
      await page.getByText('9 codes left').waitFor();
    });

    it('turns two-factor authentication off for the password (HT5)', async () => {
      const { page } = watched;
      await page.getByRole('button', { name: 'Remove Desk computer' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('It is your only second factor').waitFor();
      await dialog.getByLabel('Password', { exact: true }).fill(priya.password);
      await dialog.getByRole('button', { name: 'Remove' }).click();
      await page.getByText('Desk computer was removed.').waitFor();
    });
  });

  it('finds nothing wrong with any of these pages', () => {
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });
});
