import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import request from 'supertest';
import { launchBrowser } from '../support/browser.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

/** A vault of its own for each test, with a page that has yet to open it; the page must not complain. */
export class VaultPage {
  browser!: Browser;
  test!: TestApp;
  url!: string;
  page!: Page;
  private folder = '';
  /** Errors and warnings in the console, refused content among them. A test takes out what it brings about itself. */
  complaints: string[] = [];

  /** Registers the hooks of a `describe`. */
  constructor(options: BrowserContextOptions = {}, variables: Record<string, string> = {}) {
    beforeAll(async () => {
      this.browser = await launchBrowser();
    });
    beforeEach(async () => {
      this.folder = tempFolder();
      this.test = await startTestApp({ DATA_DIR: this.folder, ...variables });
      this.url = await this.test.app.getUrl();
      this.page = await (await this.browser.newContext(options)).newPage();
      // Sooner than the test's own limit, so that the message says what was waited for.
      this.page.setDefaultTimeout(5000);
      // The page's own clock, so that a test moves time instead of waiting: three hours off, which must not matter.
      await this.page.clock.install({ time: this.test.clock.now() - 3 * 3_600_000 });
      this.complaints = [];
      this.page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
      });
      this.page.on('pageerror', (error) => this.complaints.push(error.message));
    });
    afterEach(async () => {
      await this.page.context().close();
      expect(this.complaints).toEqual([]);
    });
  }

  /** Creates a session, and gives its token. */
  async create(ttl: number, user_name = 'Noor', memory_fragment = 'Salt on the window'): Promise<string> {
    const { body } = await request(this.url)
      .post('/sessions')
      .send({ user_name, memory_fragment, ttl })
      .expect(201);
    return body.token as string;
  }

  /**
   * Stops the page's clock, which else runs on beside `pass`: for tests that count every second. To be called before
   * `open`; then whatever the page delays waits for `pass`, too.
   */
  async freeze(): Promise<void> {
    await this.page.clock.pauseAt(this.test.clock.now() - 3 * 3_600_000 + 60_000);
  }

  /** Opens the page, or what `path` says. */
  async open(path = '/'): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** Ends the service; the function that it gives starts it again, on the same port and the same folder. */
  async stopService(): Promise<() => Promise<void>> {
    await this.test.app.close();
    return async () => {
      this.test = await startTestApp({ DATA_DIR: this.folder }, this.test.clock);
      const server = this.test.app.getHttpServer();
      await promisify(server.close.bind(server))();
      await new Promise<void>((resolve) =>
        server.listen(Number(new URL(this.url).port), '127.0.0.1', resolve),
      );
    };
  }

  /** Lets time pass for the server and the page alike. */
  async pass(seconds: number): Promise<void> {
    this.test.clock.advance(seconds * 1000);
    await this.page.clock.runFor(seconds * 1000);
  }

  /** Lets five seconds pass and waits for the refresh that they bring. */
  async refreshed(): Promise<number> {
    const answer = this.page.waitForResponse(/\/ui\/sessions/);
    await this.pass(5);
    const response = await answer;
    await response.finished();
    // The answer's swap comes after it: a turn of the page's own loop, and any fade.
    await this.page.clock.runFor(400);
    return response.status();
  }

  /** That so many seconds are left, or a few less: the page's clock runs on while a busy machine takes its time. */
  async expectLeft(seconds: number, user?: string): Promise<void> {
    const left = /^(?:(\d+):)?(\d+)/.exec((await this.countdown(user)).replace(/^\D*/, ''));
    const shown = 60 * Number(left?.[1] ?? 0) + Number(left?.[2]);
    expect(shown).toBeLessThanOrEqual(seconds);
    expect(shown).toBeGreaterThan(seconds - 5);
  }

  /** Executes an operation with its own example in Swagger UI, which is open; gives what it says of the answer's status. */
  async executeInSwagger(operationId: string): Promise<string> {
    await this.page.locator(`#operations-sessions-${operationId} button.opblock-summary-control`).click();
    await this.page.getByRole('button', { name: 'Try it out' }).click();
    await this.page.getByRole('button', { name: 'Execute' }).click();
    await this.page.clock.runFor(1000);
    const status = this.page.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor();
    return status.innerText();
  }

  card(user?: string) {
    const cards = this.page.locator('.card');
    return user === undefined
      ? cards
      : cards.filter({ has: this.page.getByRole('link', { name: user, exact: true }) });
  }

  countdown(user?: string) {
    return this.card(user).locator('.countdown').innerText();
  }

  names() {
    return this.page.locator('.card h3').allInnerTexts();
  }

  notice(text: string | RegExp) {
    return this.page.getByRole('status').getByText(text).waitFor();
  }
}
