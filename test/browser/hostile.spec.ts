import { describeInBrowser } from '../support/browser.js';
import { VaultPage } from './vault-page.js';

/** Text that does harm wherever it is taken for something else. */
const CORPUS = [
  '<script>window.hurt = 1</script>',
  '<img src=x onerror="window.hurt = 1">',
  '<svg/onload=window.hurt=1>',
  '"><script>window.hurt = 1</script>',
  `' onmouseover='window.hurt = 1' x='`,
  '" autofocus onfocus="window.hurt = 1" x="',
  '</textarea></title></style></p><iframe src="javascript:window.hurt=1"></iframe>',
  'javascript:window.hurt=1',
  'js:window.hurt=1',
  '<hx-partial hx-target="body" hx-swap="innerHTML">gone</hx-partial>',
  '<template hx type="partial" hx-target="body">gone</template>',
  '<div hx-get="/nowhere" hx-trigger="load"></div>',
  '<div hx-on:click="window.hurt = 1" data-hx-on::load="window.hurt = 1">x</div>',
  '<form action="//elsewhere.example"><button>Win</button></form>',
  '<base href="//elsewhere.example/">',
  '<meta http-equiv="refresh" content="0;url=//elsewhere.example">',
  '<link rel="stylesheet" href="//elsewhere.example/x.css">',
  '{{constructor.constructor "window.hurt = 1"}}{{{this}}}{{> form}}',
  '${window.hurt = 1}',
  '&lt;script&gt;window.hurt = 1&lt;/script&gt;',
  '<!--><script>window.hurt = 1</script>-->',
  ']]><script>window.hurt = 1</script>',
  '\u202Egnp.exe <b>',
];

describeInBrowser('a vault that is told hostile things', () => {
  const vault = new VaultPage();

  it('shows every one of them as the text it is, through refreshes, questions and pages of their own', async () => {
    const foreign: string[] = [];
    vault.page.on('request', (sent) => {
      if (!sent.url().startsWith(vault.url)) foreign.push(sent.url());
    });
    const tokens: string[] = [];
    await vault.open();
    const elements = async () => vault.page.evaluate('document.querySelectorAll("main *").length');
    for (const text of CORPUS) {
      tokens.push(await vault.create(600, text, text));
      vault.test.clock.advance(1000);
    }
    await vault.refreshed();
    await vault
      .card()
      .nth(CORPUS.length - 1)
      .waitFor();
    expect(await vault.page.locator('.card h3 a').allTextContents()).toEqual(CORPUS);
    expect(await vault.page.locator('.card .fragment').allTextContents()).toEqual(CORPUS);
    const before = await elements();
    await vault.page.reload();
    expect(await vault.page.locator('.card .fragment').allTextContents()).toEqual(CORPUS);
    expect(await elements()).toBe(before);

    for (const [i, token] of tokens.entries()) {
      await vault.open(`/ui/sessions/${token}`);
      expect(await vault.page.locator('.fragment').textContent()).toBe(CORPUS[i]);
      await vault.page.locator('.revoke').click();
      expect(await vault.page.locator('#ask-text').textContent()).toContain(CORPUS[i]);
      await vault.page.keyboard.press('Escape');
      await vault.open(`/?user_name=${encodeURIComponent(CORPUS[i]!)}`);
      expect(await vault.page.locator('#filter').inputValue()).toBe(CORPUS[i]);
      expect(await vault.page.locator('h2 q').textContent()).toBe(CORPUS[i]);
    }
    expect(await vault.page.evaluate('window.hurt')).toBeUndefined();
    expect(await vault.page.locator('iframe, base, img, main script, link[href*=elsewhere]').count()).toBe(0);
    expect(foreign).toEqual([]);
  });
});
