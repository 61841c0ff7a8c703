import { eventually } from '@cofactor/testkit';
import type { Page } from 'playwright-core';
import { Installation } from '../installation';
import { MailSink } from '../mail-sink';
import { TextSink } from '../text-sink';
import { describeInBrowser, TestBrowser } from './chromium';
import { examine } from './examine';
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
  type Manager,
} from './people';

const ravi: Manager = { name: 'Dr Ravi Patel', email: 'ravi@quayside.example', password: 'five slow otters' };
const noor: Manager = { name: 'Dr Noor Haddad', email: 'noor@quayside.example', password: 'four slow otters' };

/** WCAG 2.2 AA as far as axe can tell, no sideways scrolling at 320 px (1.4.10), targets of 44 px, a clean console. */
describeInBrowser('every page, wide and narrow, light and dark', () => {
  let installation: Installation;
  let browser: TestBrowser;
  let mail: MailSink;
  let texts: TextSink;

  beforeAll(async () => {
    [mail, texts] = await Promise.all([MailSink.start(), TextSink.start()]);
    const environment = { SMTP_URL: mail.url, MAIL_FROM: 'no-reply@mfa.example', ...texts.environment };
    installation = await Installation.start({ environment });
    browser = await TestBrowser.start(installation.url);
  });
  afterAll(async () => {
    await browser.close();
    await installation.remove();
    await Promise.all([mail.stop(), texts.stop()]);
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

  it('say what became of a code: refused, with another way beside it; delayed, and then it comes', async () => {
    const watched = await browser.newPage();
    const findings: string[] = [];
    await walkUnsent(watched.page, mail, async (name) => {
      findings.push(...(await examine(watched, name)));
    });
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  }, 120_000);

  it('say the same of a code by text message (HE1)', async () => {
    const watched = await browser.newPage();
    const findings: string[] = [];
    await walkUnsentTexts(watched.page, texts, async (name) => {
      findings.push(...(await examine(watched, name)));
    });
    expect(findings).toEqual([]);
    expect(watched.complaints).toEqual([]);
  }, 120_000);
});

/** The code in the newest mail, once one more has come than there were. */
async function codeInMail(mail: MailSink, before: number): Promise<string> {
  const codes = () =>
    mail.arrived.slice(before).flatMap((one) => /^(\d{6})\r?$/m.exec(one.split('text/plain')[1] ?? '')?.[1] ?? []);
  return (await eventually(codes, ([code]) => code !== undefined, 20_000))[0] ?? '';
}

/** The code in the newest text message, once one has come. */
async function codeInText(texts: TextSink): Promise<string> {
  const codes = () => texts.arrived.flatMap((one) => /\b\d{6}\b/.exec(one)?.[0] ?? []);
  return (await eventually(codes, ([code]) => code !== undefined, 20_000)).at(-1) ?? '';
}

/** The same by text message; what was refused for good is typed again. */
async function walkUnsentTexts(page: Page, texts: TextSink, seen: (name: string) => Promise<void>): Promise<void> {
  const send = () => page.getByRole('button', { name: 'Send the code' }).click();
  await createPractice(page, ravi);
  await page.getByRole('button', { name: 'Text message' }).click();
  texts.refusal = 'opted-out';
  await page.getByLabel('Mobile number').fill('07400 123 459');
  await send();
  await page.getByText('The code could not be sent.').waitFor();
  await seen('Set up, text message not sent');
  texts.refusal = 'come-back-later';
  await send();
  await page.getByText('Sending takes longer than usual').waitFor();
  await seen('Set up, text message delayed');
  texts.refusal = null;
  await page.getByLabel('6-digit code').fill(await codeInText(texts));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await saveCodes(page);
  await toAccount(page);
  await signOut(page);

  texts.refusal = 'opted-out';
  await signIn(page, ravi);
  await page.getByText('The code could not be sent. Choose another way below.').waitFor();
  await page.getByRole('button', { name: 'Enter a recovery code instead' }).waitFor();
  await seen('Enter your code, text message not sent');
}

/** A set-up and a sign-in by email while the mail server refuses for good, refuses for now, and takes mail again. */
async function walkUnsent(page: Page, mail: MailSink, seen: (name: string) => Promise<void>): Promise<void> {
  const notSent = () => page.getByText('The code could not be sent. Choose another way below.').waitFor();
  await createPractice(page, noor);
  const secret = await setUpApp(page);
  await saveCodes(page);
  await heading(page, 'How you sign in');
  await page.getByRole('link', { name: 'Add another method' }).click();
  mail.refusal = '550 5.1.1 no such mailbox';
  await page.getByRole('button', { name: 'Email code' }).click();
  await notSent();
  await page.getByRole('button', { name: 'Text message' }).waitFor();
  await seen('Set up, code not sent');
  mail.refusal = '451 4.3.0 come back later';
  const before = mail.arrived.length;
  await page.getByRole('button', { name: 'Email code' }).click();
  await page.getByText('Sending takes longer than usual').waitFor();
  await seen('Set up, code delayed');
  mail.refusal = null;
  await page.getByLabel('6-digit code').fill(await codeInMail(mail, before));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await toAccount(page);
  await signOut(page);

  mail.refusal = '550 5.1.1 no such mailbox';
  await signIn(page, noor);
  await page.getByRole('button', { name: 'Try another way' }).click();
  await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Email code' }).click();
  await notSent();
  await page.getByRole('button', { name: 'Enter a recovery code instead' }).waitFor();
  await seen('Enter your code, not sent');
  await page.getByRole('button', { name: 'Try another way' }).click();
  await page.getByRole('list', { name: 'Ways to sign in' }).getByRole('button', { name: 'Authenticator app' }).click();
  await enterCode(page, shownCode(secret, 1));
  await heading(page, 'Security');
}

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
