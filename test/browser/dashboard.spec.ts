import type { Browser, Page } from 'playwright-core';
import request from 'supertest';
import { describeInBrowser, launchBrowser } from '../support/browser.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

describeInBrowser('the dashboard in a browser', () => {
  let browser: Browser;
  let test: TestApp;
  let url: string;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    test = await startTestApp();
    url = await test.app.getUrl();
    page = await browser.newPage();
    // The page's own clock, so that a test moves time instead of waiting: three hours off, which must not matter.
    await page.clock.install({ time: test.clock.now() - 3 * 3_600_000 });
    complaints = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const create = (ttl: number, user_name = 'Noor') =>
    request(url)
      .post('/sessions')
      .send({ user_name, memory_fragment: 'Salt on the window', ttl })
      .expect(201);
  const card = () => page.locator('.card');
  const countdown = () => page.locator('.countdown').innerText();

  /** Lets time pass for the server and the page alike. */
  const pass = async (seconds: number) => {
    test.clock.advance(seconds * 1000);
    await page.clock.runFor(seconds * 1000);
  };

  it('counts down every second, and turns amber, red and expired at the second it should', async () => {
    await create(34);
    // The polls are held off, so that what changes is the page's own work.
    await page.route('**/ui/sessions', (route) => route.fulfill({ status: 204 }));
    await page.goto(url);
    const seen: string[] = [];
    for (let second = 0; second <= 34; second++) {
      seen.push(`${await countdown()} ${(await card().getAttribute('data-state')) ?? ''}`);
      await pass(1);
    }
    expect(seen).toEqual([
      ...[34, 33, 32, 31, 30].map((left) => `${left} s alive`),
      ...Array.from({ length: 25 }, (_, i) => `${29 - i} s amber`),
      ...[4, 3, 2, 1].map((left) => `${left} s red`),
      '💀 EXPIRED expired',
    ]);
  });

  it('drains the bar with the countdown', async () => {
    await create(100);
    await page.goto(url);
    await page.route('**/ui/sessions', (route) => route.fulfill({ status: 204 }));
    await pass(4);
    expect(
      await page.locator('progress').evaluate((bar: { value: number; max: number }) => [bar.value, bar.max]),
    ).toEqual([96, 100]);
  });

  it.each([
    [299, '4:59'],
    [3_600, '1:00:00'],
    [90_061, '1 d 1:01:01'],
  ])('writes %i seconds as %s', async (ttl, text) => {
    await create(ttl);
    await page.goto(url);
    expect(await countdown()).toBe(text);
  });

  it('refreshes every 5 seconds: what was added comes, what expired goes', async () => {
    await create(6);
    await page.goto(url);
    await create(600, 'Zofia');
    expect(await card().count()).toBe(1);
    await pass(5);
    await page.getByText('Zofia', { exact: true }).waitFor();
    expect(await card().count()).toBe(2);
    await pass(5);
    await page.getByText('Noor', { exact: true }).waitFor({ state: 'detached' });
    expect(await countdown()).toBe('9:50');
  });

  it('stores a memory from the form without loading the page again', async () => {
    await page.goto(url);
    await page.evaluate('window.unchanged = true');
    await page.locator('#user_name').fill('Sigrid Lund');
    await page.locator('#memory_fragment').fill('one\n<b>two</b>');
    await page.locator('#ttl').fill('120');
    await page.getByRole('button', { name: 'Store it' }).click();
    await card().waitFor();
    expect(await card().locator('.fragment').innerText()).toBe('one\n<b>two</b>');
    expect(await countdown()).toBe('2:00');
    expect(await page.locator('#user_name').inputValue()).toBe('');
    expect(await page.evaluate('window.unchanged')).toBe(true);
  });

  it('shows a fault beside its field and keeps what was typed', async () => {
    await page.goto(url);
    await page.locator('#user_name').fill('Sigrid Lund');
    await page.locator('#memory_fragment').fill('a memory');
    await page.locator('#ttl').fill('soon');
    await page.getByRole('button', { name: 'Store it' }).click();
    await page.locator('#ttl-fault').waitFor();
    expect(await page.locator('#ttl-fault').innerText()).toContain('must be a whole number of seconds');
    expect(await page.locator('#memory_fragment').inputValue()).toBe('a memory');
    expect(await page.locator('#ttl').inputValue()).toBe('soon');
    // The browser itself reports the 422, too.
    complaints = complaints.filter((text) => !text.includes('422'));
  });

  it('revokes with a button, without loading the page again', async () => {
    const { body } = await create(600);
    await create(600, 'Zofia');
    await page.goto(url);
    await page.evaluate('window.unchanged = true');
    await page.getByRole('button', { name: 'Revoke the session of Noor' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('Noor', { exact: true }).waitFor({ state: 'detached' });
    expect(await card().count()).toBe(1);
    expect(await page.evaluate('window.unchanged')).toBe(true);
    await request(url).get(`/sessions/${body.token}`).expect(404);
  });

  it('keeps what is half typed through a refresh', async () => {
    await create(600);
    await page.goto(url);
    await page.locator('#memory_fragment').fill('half a thou');
    const refreshed = page.waitForResponse('**/ui/sessions');
    await pass(5);
    await refreshed;
    expect(await page.locator('#memory_fragment').inputValue()).toBe('half a thou');
  });

  it('stores a memory without JavaScript, too', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(url);
    await plain.locator('#user_name').fill('Bao Linh');
    await plain.locator('#memory_fragment').fill('a promise');
    await plain.getByRole('button', { name: 'Store it' }).click();
    expect(await plain.locator('.card h3').innerText()).toBe('Bao Linh');
    expect(await plain.locator('.countdown').innerText()).toBe('5:00');
    await context.close();
  });

  it('lets Swagger UI create a session with its own example', async () => {
    await page.goto(`${url}/docs`);
    await page.locator('#operations-sessions-createSession button.opblock-summary-control').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.clock.runFor(1000);
    const status = page.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor();
    expect(await status.innerText()).toContain('201');
  });
});
