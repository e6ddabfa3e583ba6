import request from 'supertest';
import { describeInBrowser } from '../support/browser.js';
import { waitUntil } from '../support/wait-until.js';
import { VaultPage } from './vault-page.js';

describeInBrowser('working in the vault', () => {
  const vault = new VaultPage();
  const button = (name: string) => vault.page.getByRole('button', { name, exact: true });
  const focused = () => vault.page.evaluate('document.activeElement.textContent.trim()');

  it('revokes after a question, and moves the focus to the next card', async () => {
    const token = await vault.create(600);
    await vault.create(700, 'Zofia');
    await vault.open();
    await vault.page.evaluate('window.unchanged = true');
    await button('Revoke the session of Noor').click();
    await vault.page.getByText('Revoke the session of Noor?').waitFor();
    await button('Revoke it').click();
    await vault.card('Noor').waitFor({ state: 'detached' });
    await vault.notice('Revoked');
    await waitUntil(async () => (await focused()) === 'Zofia');
    expect(await vault.page.evaluate('window.unchanged')).toBe(true);
    await request(vault.url).get(`/sessions/${token}`).expect(404);
  });

  it('moves the focus to the heading after the last card', async () => {
    await vault.create(600);
    await vault.open();
    await button('Revoke the session of Noor').click();
    await button('Revoke it').click();
    await vault.page.getByText('The vault is empty').waitFor();
    await waitUntil(async () => (await focused()) === 'Sessions alive');
  });

  it.each(['Escape', 'Enter'])('keeps the session if the question is answered by %s', async (key) => {
    const token = await vault.create(600);
    await vault.open();
    await button('Revoke the session of Noor').click();
    await vault.page.getByText('Revoke the session of Noor?').waitFor();
    await vault.page.keyboard.press(key);
    await vault.page.getByText('Revoke the session of Noor?').waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Revoke');
    await request(vault.url).get(`/sessions/${token}`).expect(200);
  });

  it.each([
    ['+30 s for Noor', '10:30', 630],
    ['+5 min for Noor', '15:00', 900],
  ])('extends by %s', async (name, left, seconds) => {
    await vault.create(600);
    await vault.open();
    await button(name).click();
    await vault.notice(`Extended: ${left} left.`);
    await vault.expectLeft(seconds);
    expect(await focused()).toBe(name.replace(' for Noor', ''));
  });

  it('sets a TTL of its own', async () => {
    const token = await vault.create(600);
    await vault.open();
    await vault.page.getByRole('link', { name: 'TTL of Noor' }).click();
    await vault.page.waitForURL(`**/ui/sessions/${token}#ttl`);
    await vault.page.getByLabel('A TTL of its own').fill('45');
    await vault.page.keyboard.press('Enter');
    await vault.notice('Extended: 45 s left.');
    await vault.expectLeft(45);
  });

  it('says politely that a session is gone which somebody wants to extend', async () => {
    const token = await vault.create(600);
    await vault.open();
    await request(vault.url).delete(`/sessions/${token}`).expect(204);
    await button('+30 s for Noor').click();
    await vault.notice('That session is gone already');
    await vault.card('Noor').waitFor({ state: 'detached' });
  });

  it('filters by user, and the address says so', async () => {
    await vault.create(600);
    await vault.create(700, 'Zofia & co');
    await vault.open();
    await vault.page.getByRole('search').getByLabel('User').fill('Zofia & co');
    await button('Filter').click();
    await vault.page.waitForURL('**/?user_name=Zofia*');
    expect(await vault.names()).toEqual(['Zofia & co']);
    await vault.create(300);
    await vault.create(800, 'Zofia & co');
    expect(await vault.refreshed()).toBe(200);
    await waitUntil(async () => (await vault.names()).join() === 'Zofia & co,Zofia & co');
    await vault.page.reload();
    expect(await vault.names()).toEqual(['Zofia & co', 'Zofia & co']);
    await vault.page.getByRole('link', { name: 'Everybody' }).click();
    await vault.page.waitForURL(/\/$/);
    expect(await vault.card().count()).toBe(4);
  });

  it('revokes all sessions of the filtered user, with their number in the question', async () => {
    for (let i = 0; i < 3; i++) await vault.create(600 + i);
    await vault.create(600, 'Zofia');
    await vault.open('/?user_name=Noor&sort=age');
    await button('Revoke all of Noor').click();
    await vault.page.getByText('Revoke all 3 sessions of Noor?').waitFor();
    await button('Revoke all 3').click();
    await vault.notice('Revoked: 3 sessions are gone.');
    expect(vault.page.url()).toContain('user_name=Noor&sort=age');
    expect(await vault.card().count()).toBe(0);
    await vault.page.getByRole('link', { name: 'Everybody' }).click();
    await vault.card('Zofia').waitFor();
  });

  it('sorts the page by time left, user and age', async () => {
    await vault.create(600, 'b');
    vault.test.clock.advance(1000);
    await vault.create(700, 'c');
    vault.test.clock.advance(1000);
    await vault.create(300, 'a');
    await vault.open();
    expect(await vault.names()).toEqual(['a', 'b', 'c']);
    await vault.page.getByRole('link', { name: 'Age' }).click();
    await vault.page.waitForURL('**/?sort=age');
    expect(await vault.names()).toEqual(['b', 'c', 'a']);
    await vault.page.getByRole('link', { name: 'User' }).click();
    await vault.page.waitForURL('**/?sort=user');
    expect(await vault.names()).toEqual(['a', 'b', 'c']);
    expect(await vault.refreshed()).toBe(304);
  });

  it('turns pages, which a reload and a shared link show again', async () => {
    for (let i = 0; i < 5; i++) await vault.create(600, `user ${i}`);
    await vault.open('/?limit=3');
    const first = await vault.names();
    expect(await vault.page.locator('#alive').innerText()).toBe('more than 3');
    await vault.page.getByRole('link', { name: 'Next page' }).click();
    await vault.page.waitForURL(/cursor=/);
    const second = await vault.names();
    expect([...first, ...second].sort()).toEqual([0, 1, 2, 3, 4].map((i) => `user ${i}`));
    expect(await vault.page.locator('#alive').innerText()).toBe('2');
    await vault.page.reload();
    expect(await vault.names()).toEqual(second);
    expect(await vault.refreshed()).toBe(304);
    await vault.page.getByRole('link', { name: 'First page' }).click();
    await vault.page.waitForURL(/limit=3$/);
    expect(await vault.names()).toEqual(first);
  });

  it('copies a token', async () => {
    const token = await vault.create(600);
    await vault.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await vault.open();
    await button('Copy the token of Noor').click();
    await vault.notice('Token copied.');
    expect(await vault.page.evaluate('navigator.clipboard.readText()')).toBe(token);
  });

  it('selects the token where the clipboard is out of reach', async () => {
    const token = await vault.create(600);
    await vault.open();
    await vault.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await button('Copy the token of Noor').click();
    await vault.notice('Token selected');
    expect(await vault.page.evaluate('String(getSelection())')).toBe(token);
  });

  it('has a page for each session, which counts down, extends and revokes', async () => {
    const token = await vault.create(600);
    await vault.open('/?sort=user');
    await vault.page.getByRole('link', { name: 'Noor', exact: true }).click();
    await vault.page.waitForURL(`**/ui/sessions/${token}?sort=user`);
    await vault.pass(3);
    await vault.expectLeft(597);
    expect(await vault.card().locator('.ttl').innerText()).toMatch(/^TTL\(user_name\) = 59[3-7]$/);
    await button('+30 s for Noor').click();
    await vault.notice('Extended: 10:27 left.');
    await button('Revoke the session of Noor').click();
    await button('Revoke it').click();
    await vault.page.getByText('No live session has this token').waitFor();
    await vault.page.getByRole('link', { name: 'Back to the list' }).click();
    await vault.page.waitForURL('**/?sort=user');
  });

  it('shows the CQL behind the page, and keeps it open through a refresh', async () => {
    await vault.create(600);
    await vault.open();
    await vault.page.getByText('The CQL behind the scenes').click();
    const panel = vault.page.locator('#cql');
    await panel.getByText('these are the statements that a cluster would be sent').waitFor();
    expect(await panel.innerText()).toMatch(/SELECT .* WHERE token\("token"\) > \?/);
    expect(await panel.innerText()).toContain('default_time_to_live = 300');
    await button('+30 s for Noor').click();
    await panel.getByText(/INSERT INTO .* USING TTL \? AND TIMESTAMP \?/).waitFor();
    expect(await panel.getAttribute('open')).toBe('');
    await vault.create(700, 'Zofia');
    await vault.refreshed();
    await vault.card('Zofia').waitFor();
    expect(await panel.getAttribute('open')).toBe('');
  });
});
