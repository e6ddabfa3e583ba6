import { AxeBuilder } from '@axe-core/playwright';
import { describeInBrowser } from '../support/browser.js';
import { VaultPage } from './vault-page.js';

describeInBrowser.each(['dark', 'light'] as const)('the vault by %s, for everyone', (colorScheme) => {
  const vault = new VaultPage({ colorScheme });
  const button = (name: string) => vault.page.getByRole('button', { name, exact: true });
  const counts: string[] = [];

  afterAll(() => console.info(`axe, ${colorScheme}: ${counts.join(', ')}`));

  /** All of axe's rules that WCAG 2.2 AA and good practice ask for. */
  const check = async (state: string) => {
    const { violations, passes } = await new AxeBuilder({ page: vault.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    counts.push(`${state} ${violations.length} violations (${passes.length} rules passed)`);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  };

  it('has nothing against an empty vault', async () => {
    await vault.open();
    await check('empty');
  });

  it('has nothing against cards that are alive, amber, red and expired', async () => {
    for (const ttl of [600, 20, 4, 2]) await vault.create(ttl, `user of ${ttl}`);
    await vault.page.emulateMedia({ reducedMotion: 'reduce', colorScheme });
    await vault.open();
    await vault.page.getByLabel('Refresh').selectOption('off');
    await vault.pass(2);
    expect(
      await vault.page
        .locator('.card')
        .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-state'))),
    ).toEqual(['expired', 'red', 'amber', 'alive']);
    await check('cards in every state');
  });

  it('has nothing against open menus, notices, the panel, a filter and a next page', async () => {
    for (let i = 0; i < 3; i++) await vault.create(600 + i);
    await vault.open('/?user_name=Noor&limit=2&sort=user');
    for (const summary of await vault.page.locator('summary').all()) await summary.click();
    await button('+30 s for Noor').first().click();
    await vault.notice('Extended');
    await check('menus, notice, panel, filter, pages');
  });

  it('has nothing against the question before a revoke', async () => {
    await vault.create(600);
    await vault.open('/?user_name=Noor');
    await button('Revoke the session of Noor').click();
    await check('dialog');
    await button('Keep it').click();
    await button('Revoke all of Noor').click();
    await button('Revoke all 1').waitFor();
    await check('question');
  });

  it('has nothing against a form with faults', async () => {
    await vault.open();
    await vault.page.locator('#user_name').fill('Sigrid');
    await vault.page.locator('#memory_fragment').fill('x');
    await vault.page.locator('#ttl').fill('soon');
    await button('Store it').click();
    await vault.page.locator('#ttl-fault').waitFor();
    await check('faults');
    vault.complaints = vault.complaints.filter((text) => !text.includes('422'));
  });

  it('has nothing against the banner of an outage', async () => {
    await vault.create(600);
    await vault.open();
    await vault.page.route(/\/ui\/sessions/, (route) => route.fulfill({ status: 503 }));
    await vault.pass(5);
    await vault.notice('The vault cannot be reached');
    await check('outage');
    vault.complaints = vault.complaints.filter((text) => !text.includes('503'));
  });

  it('has nothing against the page of a session, alive or gone', async () => {
    const token = await vault.create(600);
    await vault.open(`/ui/sessions/${token}`);
    await vault.page.getByText('The CQL behind the scenes').click();
    await check('session');
    vault.test.clock.advance(600_000);
    await vault.page.reload();
    await check('session gone');
    vault.complaints = vault.complaints.filter((text) => !text.includes('404'));
  });
});

describeInBrowser('the vault by keyboard and ear', () => {
  const vault = new VaultPage();

  it('is worked by keyboard alone, with a focus that can be seen', async () => {
    await vault.create(600);
    await vault.open();
    const seen: string[] = [];
    for (let i = 0; i < 25; i++) {
      await vault.page.keyboard.press('Tab');
      const [name, outline] = await vault.page.evaluate<string[]>(
        `[document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.closest('a, summary, button')?.textContent.trim() || '',
          getComputedStyle(document.activeElement).outlineStyle]`,
      );
      seen.push(name!);
      if (name !== '') expect([name, outline]).toEqual([name, 'solid']);
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        'Skip to the sessions',
        'interval',
        'filter',
        'Noor',
        'Copy the token of Noor',
        '+30 s for Noor',
        'TTL of Noor',
        'Revoke the session of Noor',
        'The CQL behind the scenes',
        'user_name',
        'store',
      ]),
    );
  });

  it('has timers that do not chatter, and one status region that does not change by itself', async () => {
    await vault.create(600);
    await vault.open();
    expect(await vault.page.getByRole('timer').count()).toBe(1);
    expect(await vault.page.locator('[aria-live], [role=status], [role=alert], [role=log]').count()).toBe(1);
    await vault.page.evaluate(
      `window.spoken = 0;
       new MutationObserver(() => window.spoken++).observe(document.querySelector('[role=status]'),
         { subtree: true, childList: true, characterData: true, attributes: true })`,
    );
    await vault.pass(4);
    await vault.refreshed();
    expect(await vault.page.evaluate('window.spoken')).toBe(0);
  });

  it.each([
    ['no-preference', 'pulse', true],
    ['reduce', 'none', false],
  ] as const)('with %s for motion, red has the animation %s, and bars drain smoothly: %s', async (...row) => {
    const [reducedMotion, animation, smoothly] = row;
    await vault.page.emulateMedia({ reducedMotion });
    await vault.create(4, 'red');
    await vault.create(60);
    await vault.open();
    expect(await vault.page.evaluate("getComputedStyle(document.querySelector('.card')).animationName")).toBe(
      animation,
    );
    const box = (await vault.card('Noor').locator('progress').boundingBox())!;
    const look = async () => (await vault.page.screenshot({ clip: box })).toString('base64');
    await vault.page.evaluate("document.querySelectorAll('progress')[1].value = 5");
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) seen.add(await look());
    expect(seen.size > 2).toBe(smoothly);
  });

  it('fades what has expired, but not where motion is unwanted', async () => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      await vault.page.emulateMedia({ reducedMotion });
      await vault.create(3);
      await vault.open();
      await vault.page.evaluate(
        `window.faded = false;
         new MutationObserver((all) => all.forEach(({ target }) => (window.faded ||= target.matches('.leaving'))))
           .observe(document.getElementById('live'), { subtree: true, attributes: true })`,
      );
      await vault.refreshed();
      await vault.card().waitFor({ state: 'detached' });
      expect(await vault.page.evaluate('window.faded')).toBe(reducedMotion === 'no-preference');
    }
  });

  it('tells the states apart without colour, too', async () => {
    for (const ttl of [600, 20, 4]) await vault.create(ttl);
    await vault.open();
    expect(
      await vault.page.evaluate(
        `[...document.querySelectorAll('.countdown')].map((e) => getComputedStyle(e, '::before').content)`,
      ),
    ).toEqual([expect.stringContaining('◆'), expect.stringContaining('▲'), 'none']);
  });

  it('fits a screen of 360 pixels', async () => {
    await vault.page.setViewportSize({ width: 360, height: 800 });
    await vault.create(600, 'W'.repeat(128), 'M'.repeat(300));
    await vault.open('/?user_name=' + 'W'.repeat(128));
    await vault.page.getByText('The CQL behind the scenes').click();
    expect(await vault.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
