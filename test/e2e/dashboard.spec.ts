import request from 'supertest';
import { SessionStore } from '../../src/sessions/session-store.js';
import { startTestApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

describe('the dashboard', () => {
  let test: TestApp;
  let url: string;

  beforeAll(async () => {
    test = await startTestApp();
    url = await test.app.getUrl();
  });

  const submit = (fields: object) =>
    request(url).post('/ui/sessions').type('form').set('Accept', 'text/html').send(fields);
  const htmx = (fields: object) => submit(fields).set('HX-Request', 'true');
  const valid = { user_name: 'Juno', memory_fragment: 'Three knocks', ttl: '60' };
  const sessions = async () => (await test.app.get(SessionStore).list(1000)).sessions;

  beforeEach(async () => {
    for (const { token } of await sessions()) await test.app.get(SessionStore).remove(token);
  });

  describe('the page', () => {
    it('is titled The Memory Vault and says which store it watches', async () => {
      const { text, headers } = await request(url)
        .get('/')
        .expect(200)
        .expect('Content-Type', /^text\/html/);
      expect(text).toContain('<title>The Memory Vault</title>');
      expect(text).toMatch(/embedded store in .*imitates the TTL/);
      expect(headers['cache-control']).toBe('no-store');
    });

    it('has a card with a countdown and a bar for each session', async () => {
      await htmx(valid);
      test.clock.advance(20_000);
      const { text } = await request(url).get('/').expect(200);
      const [session] = await sessions();
      expect(text).toContain(`id="s-${session!.token}" data-state="alive" data-expires-in="40"`);
      expect(text).toContain(`<h3><a href="/ui/sessions/${session!.token}">Juno</a></h3>`);
      expect(text).toContain('<p class="fragment">Three knocks</p>');
      expect(text).toContain('<span class="countdown" role="timer">40 s</span>');
      expect(text).toContain('<progress max="60" value="40"');
    });

    it.each([
      [30, 'alive'],
      [29, 'amber'],
      [5, 'amber'],
      [4, 'red'],
      [1, 'red'],
    ])('shows a session with %i s left as %s', async (ttl, state) => {
      await htmx({ ...valid, ttl });
      expect((await request(url).get('/')).text).toContain(`data-state="${state}"`);
    });

    it('runs under a Content-Security-Policy without anything inline', async () => {
      await htmx(valid);
      const { headers, text } = await request(url).get('/');
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(text).not.toMatch(/ style=| on[a-z]+=|<style|<script>/);
    });

    it('escapes whatever was stored', async () => {
      await htmx({
        ...valid,
        user_name: '<img src=x>"\'',
        memory_fragment: '</p><script>alert(1)</script>{{x}}',
      });
      const { text } = await request(url).get('/');
      expect(text).not.toMatch(/<img|<script>alert/);
      expect(text).toContain('&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{x}}');
    });

    it("keeps a fragment's lines as they are", async () => {
      await submit({ ...valid, memory_fragment: 'one\r\n  two\r\nthree' }).expect(303);
      expect((await sessions())[0]!.memoryFragment).toBe('one\n  two\nthree');
      expect((await request(url).get('/')).text).toContain('>one\n  two\nthree<');
    });

    it('shows 100 sessions and says that there are more', async () => {
      await Promise.all(Array.from({ length: 100 }, () => htmx(valid)));
      expect((await request(url).get('/')).text).not.toContain('of more sessions');
      await htmx(valid);
      const { text } = await request(url).get('/');
      expect(text.match(/class="card"/g)).toHaveLength(100);
      expect(text).toContain('These are 100 of more sessions.');
    });

    it('says so when the vault is empty', async () => {
      expect((await request(url).get('/')).text).toContain('The vault is empty');
    });
  });

  it('refreshes with the cards alone', async () => {
    await htmx(valid);
    const { text } = await request(url).get('/ui/sessions').expect(200);
    expect(text).toContain('class="card"');
    expect(text).not.toContain('<html');
    test.clock.advance(60_000);
    expect((await request(url).get('/ui/sessions')).text).not.toContain('class="card"');
  });

  describe('the form', () => {
    it('answers htmx with an empty form and the fresh cards', async () => {
      const { text } = await htmx(valid).expect(200);
      expect(text).toContain('<form id="new-session"');
      expect(text).toContain('name="user_name" autocomplete="off" maxlength="128" required value=""');
      expect(text).toContain('hx-target="#live"');
      expect(text).toContain('>Juno</a></h3>');
    });

    it('sends a browser without JavaScript back to the page', async () => {
      const { headers } = await submit(valid).expect(303);
      expect(headers.location).toBe('/');
      expect(await sessions()).toHaveLength(1);
    });

    it("takes a blank TTL for the table's default", async () => {
      await submit({ ...valid, ttl: '' }).expect(303);
      expect((await sessions())[0]!.ttlSeconds).toBe(300);
    });

    it('shows each fault beside its field and keeps what was typed', async () => {
      const typed = { user_name: ' ', memory_fragment: 'kept\n  "so" <b>', ttl: '1e3' };
      const { text } = await htmx(typed).expect(422);
      expect(text).toContain('<p class="fault" id="user_name-fault">User is empty');
      expect(text).toContain(
        '<p class="fault" id="ttl-fault">TTL must be a whole number of seconds from 1 to 2592000',
      );
      expect(text).not.toContain('id="memory_fragment-fault"');
      expect(text).toContain('>\nkept\n  &quot;so&quot; &lt;b&gt;</textarea>');
      expect(text).toContain('value="1e3"');
      expect(text).not.toContain('<html');
      expect(await sessions()).toEqual([]);
    });

    it('shows them on the whole page without JavaScript', async () => {
      const { text } = await submit({ ...valid, ttl: '2592001' }).expect(422);
      expect(text).toContain('<title>The Memory Vault</title>');
      expect(text).toContain('id="ttl-fault"');
      expect(text).toContain('value="2592001"');
      expect(text).toContain('>\nThree knocks</textarea>');
    });

    it('shows a fault that belongs to no field of its own', async () => {
      const { text } = await htmx({ ...valid, color: 'red' }).expect(422);
      expect(text).toContain('color is not known here');
    });

    it('takes an empty post for missing fields', async () => {
      await request(url).post('/ui/sessions').set('HX-Request', 'true').expect(422);
    });
  });

  it('serves its own script, style and htmx', async () => {
    for (const path of ['vault.js', 'vault.css', 'icon.svg', 'htmx/htmx.min.js', 'htmx/ext/hx-ptag.min.js']) {
      await request(url)
        .get(`/assets/${path}`)
        .expect(200)
        .expect('Cache-Control', /max-age/);
    }
  });

  it('answers a browser with a page where there is no route', async () => {
    const { text } = await request(url).get('/nowhere').set('Accept', 'text/html').expect(404);
    expect(text).toContain('<h1>404 Not Found</h1>');
  });
});
