import { createHash } from 'node:crypto';
import request from 'supertest';
import { describeInBrowser } from '../support/browser.js';
import { VaultPage } from './vault-page.js';

const KEYS = { app: 'a-key-that-writes', grafana: 'a-key-that-reads' };
const entry = (name: keyof typeof KEYS, scope: string) =>
  `${name}:${scope}:${createHash('sha256').update(KEYS[name]).digest('hex')}`;
const variables = { API_KEYS: `${entry('app', 'write')},${entry('grafana', 'read')}` };
const valid = { user_name: 'Noor', memory_fragment: 'Salt on the window', ttl: 300 };

const create = async (vault: VaultPage) => {
  const { body } = await request(vault.url)
    .post('/sessions')
    .set('Authorization', `Bearer ${KEYS.app}`)
    .send(valid)
    .expect(201);
  return body.token as string;
};

describeInBrowser('the vault, signed in with a key that may only read', () => {
  const vault = new VaultPage({ httpCredentials: { username: 'me', password: KEYS.grafana } }, variables);

  it('counts down and refreshes, with masked tokens and nothing to press', async () => {
    const token = await create(vault);
    await vault.open();
    const [card, masked] = [vault.page.locator('.card'), `${token.slice(0, 8)}-****-****-****-************`];
    expect(await card.locator('.token').innerText()).toBe(masked);
    expect(await vault.page.content()).not.toContain(token);
    expect(await vault.page.locator('main button:visible').allInnerTexts()).toEqual(['Filter']);
    expect(await vault.page.locator('#new-session').count()).toBe(0);

    await create(vault);
    expect(await vault.refreshed()).toBe(200);
    expect(await card.count()).toBe(2);
    expect(await vault.page.content()).not.toContain(token);
    await vault.pass(1);
    expect(await card.first().locator('.countdown').innerText()).toMatch(/^4:5/);
  });
});

describeInBrowser('the vault, signed in with a key that may write', () => {
  const vault = new VaultPage({ httpCredentials: { username: 'me', password: KEYS.app } }, variables);

  it('stores, extends and revokes, as without keys', async () => {
    await vault.open();
    await vault.page.locator('#user_name').fill('Noor');
    await vault.page.locator('#memory_fragment').fill('Salt on the window');
    await vault.page.getByRole('button', { name: 'Store it' }).click();
    await vault.notice(/^Stored/);
    await vault.page.getByRole('button', { name: '+5 min for Noor' }).click();
    await vault.notice(/^Extended/);
    await vault.page.getByRole('button', { name: 'Revoke the session of Noor' }).click();
    await vault.page.getByRole('button', { name: 'Revoke it' }).click();
    await vault.notice(/^Revoked/);
  });
});

describeInBrowser('Swagger UI, where keys are needed', () => {
  const vault = new VaultPage({}, variables);

  it('sends what was given to Authorize, under the strict policy', async () => {
    await vault.open('/docs');
    await vault.page.getByRole('button', { name: 'Authorize' }).first().click();
    await vault.page.locator('.auth-container input').fill(KEYS.app);
    await vault.page.locator('.auth-btn-wrapper button[type=submit]').click();
    await vault.page.getByRole('button', { name: 'Close' }).click();
    expect(await vault.executeInSwagger('createSession')).toContain('201');
  });
});
