import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.js';
import { VaultPage } from './vault-page.js';

describeInBrowser('the vault without JavaScript', () => {
  const vault = new VaultPage();
  let plain: Page;
  const button = (name: string) => plain.getByRole('button', { name, exact: true });

  beforeEach(async () => {
    const context = await vault.browser.newContext({ javaScriptEnabled: false });
    plain = await context.newPage();
  });
  afterEach(() => plain.context().close());

  it('stores a memory', async () => {
    await plain.goto(`${vault.url}/?sort=user`);
    await plain.locator('#user_name').fill('Bao Linh');
    await plain.locator('#memory_fragment').fill('a promise');
    await button('Store it').click();
    expect(await plain.locator('.card h3').innerText()).toBe('Bao Linh');
    expect(await plain.locator('.countdown').innerText()).toBe('5:00');
    expect(plain.url()).toContain('sort=user');
  });

  it('extends, and says when there is nothing to extend', async () => {
    await vault.create(600);
    await plain.goto(`${vault.url}/?user_name=Noor`);
    await button('+5 min for Noor').click();
    expect(await plain.locator('.countdown').innerText()).toBe('15:00');
    expect(plain.url()).toBe(`${vault.url}/?user_name=Noor`);
    vault.test.clock.advance(1_000_000);
    await button('+5 min for Noor').click();
    await plain.getByText('That session is gone already').waitFor();
    await plain.getByText('The vault is empty').waitFor();
  });

  it('sets a TTL on the page of a session', async () => {
    const token = await vault.create(600);
    await plain.goto(`${vault.url}/ui/sessions/${token}`);
    await plain.getByLabel('A TTL of its own').fill('45');
    await button('Set').click();
    expect(await plain.locator('.countdown').innerText()).toBe('45 s');
    expect(plain.url()).toBe(`${vault.url}/ui/sessions/${token}`);
  });

  it('revokes after a question', async () => {
    await vault.create(600);
    await plain.goto(vault.url);
    await button('Revoke the session of Noor').click();
    await plain.getByRole('link', { name: 'Keep it' }).click();
    expect(await plain.locator('.card').count()).toBe(1);
    await button('Revoke the session of Noor').click();
    await button('Revoke it').click();
    await plain.getByText('The vault is empty').waitFor();
  });

  it('revokes all of a user', async () => {
    await vault.create(600);
    await vault.create(600);
    await plain.goto(`${vault.url}/?user_name=Noor`);
    await button('Revoke all of Noor').click();
    await button('Revoke all 2').click();
    await plain.getByText('Revoked: 2 sessions are gone.').waitFor();
  });

  it('turns pages and can be refreshed by a link', async () => {
    for (let i = 0; i < 3; i++) await vault.create(600);
    await plain.goto(`${vault.url}/?limit=2`);
    await plain.getByRole('link', { name: 'Next page' }).click();
    expect(await plain.locator('.card').count()).toBe(1);
    await plain.getByRole('link', { name: 'Refresh' }).click();
    expect(await plain.locator('.card').count()).toBe(1);
    expect(await plain.locator('.copy').isVisible()).toBe(false);
  });
});

describeInBrowser('the vault without JavaScript, on plain http under a name of its own', () => {
  const vault = new VaultPage({ javaScriptEnabled: false }, { ALLOWED_HOSTS: 'vault.test' });

  it('takes its own forms for its own', async () => {
    await vault.page.goto(vault.url.replace('127.0.0.1', 'vault.test'));
    await vault.page.locator('#user_name').fill('Bao Linh');
    await vault.page.locator('#memory_fragment').fill('a promise');
    await vault.page.getByRole('button', { name: 'Store it' }).click();
    expect(await vault.page.locator('.card h3').innerText()).toBe('Bao Linh');
    // Two headers that Chromium takes on https and localhost alone, and says so.
    const onHttpsAlone = /Cross-Origin-Opener-Policy|Origin-Agent-Cluster/;
    vault.complaints = vault.complaints.filter((text) => !onHttpsAlone.test(text));
  });
});
