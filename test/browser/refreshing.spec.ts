import request from 'supertest';
import { describeInBrowser } from '../support/browser.js';
import { waitUntil } from '../support/wait-until.js';
import { VaultPage } from './vault-page.js';

describeInBrowser('a refresh of the vault', () => {
  const vault = new VaultPage();

  it('keeps what is half typed, the focus, the caret and what is open', async () => {
    await vault.create(600);
    await vault.open();
    await vault.page.getByText('The CQL behind the scenes').click();
    const memory = vault.page.locator('#memory_fragment');
    await memory.pressSequentially('half a thou');
    await memory.press('ArrowLeft');
    await vault.create(300, 'Zofia');
    expect(await vault.refreshed()).toBe(200);
    await vault.card('Zofia').waitFor();
    await vault.page.keyboard.type('-');
    expect(await memory.inputValue()).toBe('half a tho-u');
    expect(await vault.page.locator('#cql').getAttribute('open')).toBe('');
  });

  it('keeps a button of a card in focus, and a TTL half typed on the page of a session', async () => {
    const token = await vault.create(600);
    await vault.open();
    await vault.page.getByRole('button', { name: '+5 min for Noor' }).focus();
    await vault.create(300, 'Zofia');
    expect(await vault.refreshed()).toBe(200);
    await vault.card('Zofia').waitFor();
    expect(await vault.page.evaluate('document.activeElement.ariaLabel')).toBe('+5 min for Noor');

    await vault.open(`/ui/sessions/${token}`);
    await vault.page.getByLabel('A TTL of its own').pressSequentially('12');
    await request(vault.url).patch(`/sessions/${token}`).send({ ttl: 900 }).expect(200);
    expect(await vault.refreshed()).toBe(200);
    await vault.page.keyboard.type('3');
    expect(await vault.page.getByLabel('A TTL of its own').inputValue()).toBe('123');
  });

  it('keeps the selected text and the scroll position', async () => {
    for (let i = 0; i < 12; i++) await vault.create(600 + i, `user ${i}`);
    await vault.open();
    await vault.page.evaluate(
      "getSelection().selectAllChildren([...document.querySelectorAll('.fragment')].at(-1)); scrollTo(0, 700)",
    );
    const before = await vault.page.evaluate('[String(getSelection()), scrollY]');
    await vault.create(9000, 'Zofia');
    expect(await vault.refreshed()).toBe(200);
    await vault.card('Zofia').waitFor();
    expect(before).toEqual(['Salt on the window', 700]);
    expect(await vault.page.evaluate('[String(getSelection()), scrollY]')).toEqual(before);
  });

  it('costs no body while nothing has changed, and the countdown stays right', async () => {
    await vault.create(600);
    await vault.freeze();
    await vault.open();
    expect(await vault.refreshed()).toBe(304);
    expect(await vault.refreshed()).toBe(304);
    expect(await vault.countdown()).toBe('9:50');
    await request(vault.url).post('/sessions').send({ user_name: 'Zofia', memory_fragment: 'x' }).expect(201);
    expect(await vault.refreshed()).toBe(200);
    await vault.card('Zofia').waitFor();
    expect(await vault.countdown('Noor')).toBe('9:45');
    expect(await vault.refreshed()).toBe(304);
  });

  it('keeps the interval that was chosen, through a reload, too', async () => {
    await vault.create(600);
    await vault.open();
    let asked = 0;
    vault.page.on('request', (sent) => (asked += sent.url().includes('/ui/sessions') ? 1 : 0));
    await vault.page.getByLabel('Refresh').selectOption('off');
    await vault.pass(60);
    expect(asked).toBe(0);
    await vault.page.reload();
    expect(await vault.page.getByLabel('Refresh').inputValue()).toBe('0');
    await vault.page.getByLabel('Refresh').selectOption('every 2 s');
    const answer = vault.page.waitForResponse(/\/ui\/sessions/);
    await vault.pass(2);
    await answer;
    expect(asked).toBe(1);
  });

  it('does not ask while the tab is hidden, and asks for the whole list once it is seen again', async () => {
    await vault.create(600);
    await vault.open();
    let asked = 0;
    vault.page.on('request', (sent) => (asked += sent.url().includes('/ui/sessions') ? 1 : 0));
    const hide = (hidden: boolean) =>
      vault.page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await hide(true);
    await vault.pass(60);
    expect(asked).toBe(0);
    const answer = vault.page.waitForResponse(/\/ui\/sessions/);
    await hide(false);
    expect((await answer).status()).toBe(200);
    await vault.expectLeft(540);
  });

  it('finds out by the wall clock that the machine has slept', async () => {
    await vault.create(600);
    await vault.open();
    // The server's time went on by 5 minutes, and so did the date here, but the steady clock stood still.
    vault.test.clock.advance(300_000);
    const answer = vault.page.waitForResponse(/\/ui\/sessions/);
    await vault.page.clock.setSystemTime(vault.test.clock.now() - 3 * 3_600_000);
    await vault.page.clock.runFor(1000);
    expect((await answer).status()).toBe(200);
    await waitUntil(async () => /^(5:00|4:5\d)$/.test(await vault.countdown()));
  });

  it('never overlaps another', async () => {
    await vault.create(600);
    await vault.open();
    let asked = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await vault.page.route(/\/ui\/sessions$/, async (route) => {
      asked++;
      await released;
      await route.continue();
    });
    await vault.pass(5);
    await waitUntil(() => asked > 0);
    await vault.pass(9);
    expect(asked).toBe(1);
    const answer = vault.page.waitForResponse(/\/ui\/sessions/);
    release();
    await (await answer).finished();
    await waitUntil(async () => {
      await vault.pass(1);
      return asked === 2;
    });
  });

  it('outlives a restart of the server: a banner, countdowns that go on, and recovery by itself', async () => {
    await vault.create(600);
    await vault.open();
    const banner = vault.page.getByText('The vault cannot be reached');
    expect(await banner.isVisible()).toBe(false);
    const startAgain = await vault.stopService();
    await vault.pass(5);
    await banner.waitFor();
    await vault.pass(5);
    await vault.expectLeft(590);
    await startAgain();
    await vault.create(300, 'Zofia');
    await waitUntil(async () => {
      await vault.pass(1);
      return !(await banner.isVisible());
    });
    await vault.card('Zofia').waitFor();
    // The browser and htmx report what could not be fetched.
    vault.complaints = vault.complaints.filter((text) => !/ERR_CONNECTION|Failed to fetch/.test(text));
  });
});
