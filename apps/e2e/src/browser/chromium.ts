import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** `describe` where there is a Chromium; its tests are skipped, and counted as skipped, where there is none. */
export const describeInBrowser = existsSync(executablePath) ? describe : describe.skip;

/** A browser of its own for one spec file; every page has its own cookies. */
export class TestBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  static async start(url: string): Promise<TestBrowser> {
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
    return new TestBrowser(await chromium.launch({ executablePath, args }), url);
  }

  async newPage(): Promise<WatchedPage> {
    const context = await this.browser.newContext({
      baseURL: this.url,
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return new WatchedPage(page);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** A page whose console is read: what the content security policy refuses and what the page throws are complaints. */
export class WatchedPage {
  readonly complaints: string[] = [];
  /** Every request that changes something, with its Idempotency-Key. */
  readonly posts: { readonly path: string; readonly key: string | undefined }[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // A refusal of the interface is an answer, which Chromium reports as an error of its own.
      const answer = /Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !answer) this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      this.posts.push({ path: new URL(request.url()).pathname, key: request.headers()['idempotency-key'] });
    });
  }

  /** How many pixels the page is wider than its window. */
  async overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  /** The text of the element that has the focus, or its label where it is a field. */
  async focused(): Promise<string> {
    return this.page.evaluate<string>(
      '(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()',
    );
  }
}
