import { describeInBrowser } from '../support/browser.js';
import { VaultPage } from './vault-page.js';

describeInBrowser('watching the vault', () => {
  const vault = new VaultPage();

  it('counts down every second, and turns amber, red and expired at the second it should', async () => {
    await vault.create(34);
    // The polls are held off, so that what changes is the page's own work.
    await vault.page.route('**/ui/sessions', (route) => route.fulfill({ status: 204 }));
    await vault.freeze();
    await vault.open();
    const seen: string[] = [];
    for (let second = 0; second <= 34; second++) {
      seen.push(`${await vault.countdown()} ${(await vault.card().getAttribute('data-state')) ?? ''}`);
      await vault.pass(1);
    }
    expect(seen).toEqual([
      ...[34, 33, 32, 31, 30].map((left) => `${left} s alive`),
      ...Array.from({ length: 25 }, (_, i) => `${29 - i} s amber`),
      ...[4, 3, 2, 1].map((left) => `${left} s red`),
      '💀 EXPIRED expired',
    ]);
  });

  it('drains the bar with the countdown', async () => {
    await vault.create(100);
    await vault.freeze();
    await vault.open();
    await vault.page.route('**/ui/sessions', (route) => route.fulfill({ status: 204 }));
    await vault.pass(4);
    expect(
      await vault.page
        .locator('progress')
        .evaluate((bar: { value: number; max: number }) => [bar.value, bar.max]),
    ).toEqual([96, 100]);
  });

  it.each([
    [299, '4:59'],
    [3_600, '1:00:00'],
    [90_061, '1 d 1:01:01'],
  ])('writes %i seconds as %s', async (ttl, text) => {
    await vault.create(ttl);
    await vault.freeze();
    await vault.open();
    expect(await vault.countdown()).toBe(text);
  });

  it('refreshes every 5 seconds: what was added comes, what expired goes', async () => {
    await vault.create(6);
    await vault.open();
    await vault.create(600, 'Zofia');
    expect(await vault.card().count()).toBe(1);
    await vault.pass(5);
    await vault.page.getByText('Zofia', { exact: true }).waitFor();
    expect(await vault.card().count()).toBe(2);
    await vault.pass(5);
    await vault.page.getByText('Noor', { exact: true }).waitFor({ state: 'detached' });
    await vault.expectLeft(590);
  });

  it('stores a memory from the form without loading the page again', async () => {
    await vault.open();
    await vault.page.evaluate('window.unchanged = true');
    await vault.page.locator('#user_name').fill('Sigrid Lund');
    await vault.page.locator('#memory_fragment').fill('one\n<b>two</b>');
    await vault.page.locator('#ttl').fill('120');
    await vault.page.getByRole('button', { name: 'Store it' }).click();
    await vault.card().waitFor();
    expect(await vault.card().locator('.fragment').innerText()).toBe('one\n<b>two</b>');
    await vault.expectLeft(120);
    expect(await vault.page.locator('#user_name').inputValue()).toBe('');
    expect(await vault.page.evaluate('window.unchanged')).toBe(true);
  });

  it('shows a fault beside its field and keeps what was typed', async () => {
    await vault.open();
    await vault.page.locator('#user_name').fill('Sigrid Lund');
    await vault.page.locator('#memory_fragment').fill('a memory');
    await vault.page.locator('#ttl').fill('soon');
    await vault.page.getByRole('button', { name: 'Store it' }).click();
    await vault.page.locator('#ttl-fault').waitFor();
    expect(await vault.page.locator('#ttl-fault').innerText()).toContain('must be a whole number of seconds');
    expect(await vault.page.locator('#memory_fragment').inputValue()).toBe('a memory');
    expect(await vault.page.locator('#ttl').inputValue()).toBe('soon');
    // The browser itself reports the 422, too.
    vault.complaints = vault.complaints.filter((text) => !text.includes('422'));
  });

  it('lets Swagger UI create a session with its own example', async () => {
    await vault.page.goto(`${vault.url}/docs`);
    expect(await vault.executeInSwagger('createSession')).toContain('201');
  });
});
