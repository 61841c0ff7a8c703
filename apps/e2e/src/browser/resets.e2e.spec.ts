import { eventually } from '@cofactor/testkit';
import { Databases } from '../api/databases';
import { Program } from '../api/program';
import { Installation } from '../installation';
import { describeInBrowser, TestBrowser, type WatchedPage } from './chromium';
import { examine } from './examine';
import { linkSent } from './outbox';
import { amara, createPractice, heading, saveCodes, setUpApp, signIn, toAccount, type Manager } from './people';

const ben: Manager = { ...amara, name: 'Dr Ben Li', email: 'ben@hillside.example' };
const lee: Manager = { ...amara, name: 'Dr Lee Park', email: 'lee@brook.example' };
const kit: Manager = { ...amara, name: 'Kit Rivera', email: 'kit@host.example' };

/** People of one installation, in a story in which a test goes on where the one before it ended. */
describeInBrowser('resets of two-factor authentication', () => {
  let installation: Installation;
  let browser: TestBrowser;
  let databases: Databases;
  const pages = new Map<Manager, WatchedPage>();
  const findings: string[] = [];
  let organisationId = '';

  const of = (person: Manager): WatchedPage => {
    const found = pages.get(person);
    if (!found) throw new Error(`${person.name} has no page`);
    return found;
  };
  const seen = async (person: Manager, name: string): Promise<void> => {
    findings.push(...(await examine(of(person), name)));
    await of(person).page.setViewportSize({ width: 1280, height: 800 });
  };
  const setUp = async (person: Manager): Promise<void> => {
    const { page } = of(person);
    await setUpApp(page);
    await saveCodes(page);
    await toAccount(page);
  };
  const register = async (person: Manager): Promise<void> => {
    pages.set(person, await browser.newPage());
    await createPractice(of(person).page, person);
    await setUp(person);
  };
  const idOf = async (person: Manager): Promise<string> => {
    const { personId } = await of(person).page.evaluate<{ personId: string }>(
      `fetch('/v1/me').then((reply) => reply.json())`,
    );
    return personId;
  };
  const belong = async (person: Manager, role: string): Promise<void> => {
    const sql = 'INSERT INTO memberships (person_id, organisation_id, roles) VALUES ($1, $2, $3)';
    await databases.rows('identity', sql, [await idOf(person), organisationId, [role]]);
    await of(person).page.reload();
  };
  const askForApproval = async (resetApproval: boolean): Promise<void> => {
    const sql = 'UPDATE organisations SET policy = policy || $2::jsonb WHERE organisation_id = $1';
    await databases.rows('identity', sql, [organisationId, JSON.stringify({ resetApproval })]);
  };
  const confirm = async (person: Manager, button: string): Promise<void> => {
    const dialog = of(person).page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill(person.password);
    await dialog.getByRole('button', { name: button, exact: true }).click();
  };

  beforeAll(async () => {
    installation = await Installation.start();
    databases = await Databases.open(installation);
    browser = await TestBrowser.start(installation.url);
    for (const person of [amara, ben, lee, kit]) await register(person);
    await databases.settled();
    const practices = await of(amara).page.evaluate<string[]>(
      `fetch('/v1/session').then(async (reply) => (await reply.json()).organisations.map((one) => one.organisationId))`,
    );
    organisationId = practices[0] ?? '';
  });
  afterAll(async () => {
    await browser.close();
    await databases.close();
    await installation.remove();
  });

  it('AX4: someone resets their own, is signed out everywhere, and sets up a new method at the next sign-in', async () => {
    const { page } = of(ben);
    await page.getByRole('button', { name: 'Reset two-factor authentication' }).click();
    await seen(ben, 'Reset of one’s own');
    await confirm(ben, 'Reset');
    await page.getByText('Two-factor authentication is reset, and you are signed out everywhere.').waitFor();
    await signIn(page, ben);
    await setUp(ben);
  });

  it('HE10: an administrator resets a member from their page', async () => {
    await belong(ben, 'member');
    const { page } = of(amara);
    await page.goto(`/organisations/${organisationId}/people/${await idOf(ben)}`);
    await heading(page, ben.name);
    await page.getByRole('button', { name: 'Reset two-factor authentication' }).click();
    await seen(amara, 'Reset of a member');
    await page.getByLabel('Reason').fill('The phone was stolen on Tuesday.');
    await confirm(amara, 'Reset');
    await page.getByText('Two-factor authentication of Dr Ben Li is reset.').waitFor();
    await of(ben).page.reload();
    await heading(of(ben).page, 'Sign in');
    await signIn(of(ben).page, ben);
    await setUp(ben);
  });

  it('BX5: where the practice asks for it, a second administrator approves, and nothing ends before', async () => {
    await askForApproval(true);
    await belong(lee, 'administrator');
    const asking = of(amara).page;
    await asking.goto(`/organisations/${organisationId}/people/${await idOf(ben)}`);
    await asking.getByRole('button', { name: 'Reset two-factor authentication' }).click();
    await asking.getByLabel('Reason').fill('The new phone is gone too.');
    await confirm(amara, 'Reset');
    await asking.getByText('waits for someone else to approve it').waitFor();
    await asking.goto(`/organisations/${organisationId}/resets`);
    await asking.getByText('Someone else decides on this one.').waitFor();
    expect(await asking.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await of(ben).page.reload();
    await heading(of(ben).page, 'Security');

    const { page } = of(lee);
    await page.goto(`/organisations/${organisationId}/resets`);
    await heading(page, 'Resets that wait for approval');
    await page.getByText('Reason: The new phone is gone too.').waitFor();
    await seen(lee, 'Resets that wait');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await confirm(lee, 'Approve');
    await page.getByText('Two-factor authentication of Dr Ben Li is reset.').waitFor();
    await page.getByText('No reset waits for approval.').waitFor();
    await of(ben).page.reload();
    await heading(of(ben).page, 'Sign in');
  });

  it('AX5: support finds someone by email, records each step, and clears their methods only then', async () => {
    await askForApproval(false);
    const { page } = of(kit);
    expect(await page.getByRole('link', { name: 'Support' }).count()).toBe(0);
    await databases.rows('identity', 'INSERT INTO support_staff (person_id) VALUES ($1)', [await idOf(kit)]);
    await page.reload();
    await page.getByRole('link', { name: 'Support' }).click();
    await heading(page, 'Support');
    await page.getByLabel('Email of the person').fill('nobody@riverside.example');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody signs in with that email.').waitFor();
    await page.getByLabel('Email of the person').fill(lee.email);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('D••• L••• P•••').waitFor();
    expect(await page.getByText(lee.name).count()).toBe(0);
    await seen(kit, 'Support');
    await page.getByRole('button', { name: 'Open a case' }).click();
    await heading(page, 'Case: D••• L••• P•••');
    await page.getByText('Record every required step first.').waitFor();
    for (const step of ['Ask what was lost', 'Call the person back', 'Have someone at the practice']) {
      await page.getByRole('button', { name: `Record: ${step}` }).click();
      await page.getByLabel('What you found').fill('Spoke with reception at the main number.');
      await page.getByRole('dialog').getByRole('button', { name: 'Record', exact: true }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByText('Every required step is recorded.').waitFor();
    await seen(kit, 'A case of support');
    await page.getByRole('button', { name: 'Reset two-factor authentication' }).click();
    await confirm(kit, 'Reset');
    await page.getByText('Two-factor authentication of D••• L••• P••• is reset.').waitFor();
    await of(lee).page.reload();
    await heading(of(lee).page, 'Sign in');
  });

  it('HE8: support is told who reported a change as not theirs, and sees them masked', async () => {
    const { page } = of(kit);
    const [, link] = (await linkSent(installation.url, lee.email, '/not-me')).split('#');
    const reported = await new Program(installation.url).post('/v1/not-me', { link });
    expect(reported.outcome).toBe('201');
    await eventually(
      () => databases.rows('identity', 'SELECT FROM reported_changes'),
      ({ length }) => length === 1,
      50_000,
    );
    await page.goto('/support');
    const reports = page.getByRole('region', { name: 'Reported as not theirs' });
    await reports.getByText('D••• L••• P•••').waitFor();
    await seen(kit, 'Support, a report');
  });

  it('has nothing that axe, a ruler or the console complain of', () => {
    expect(findings).toEqual([]);
    expect([...pages.values()].flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
