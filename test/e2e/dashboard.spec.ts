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

  describe('a refresh', () => {
    const tagOf = async (path = '/ui/sessions') =>
      (await request(url).get(path).expect(200)).headers['hx-ptag']!;
    const refresh = (tag: string, path = '/ui/sessions') => request(url).get(path).set('HX-PTag', tag);

    it('has no body while nothing but the time left has changed', async () => {
      await htmx({ ...valid, ttl: '600' });
      const tag = await tagOf();
      test.clock.advance(20_000);
      await refresh(tag).expect(304, '');
      expect((await request(url).get('/')).text).toContain(`hx-ptag="${tag}"`);
    });

    it.each([
      ['a session is added', () => htmx(valid)],
      ['one is revoked', async () => test.app.get(SessionStore).remove((await sessions())[0]!.token)],
      ['one is rewritten', async () => patch({ memory_fragment: 'Four knocks' })],
      ['one is renewed', async () => patch({ ttl: 700 })],
      [
        'one comes closer to its end than 5 minutes',
        () => {
          test.clock.advance(310_000);
          return Promise.resolve();
        },
      ],
    ])('has one once %s', async (_, change) => {
      await htmx({ ...valid, ttl: '600' });
      const tag = await tagOf();
      await change();
      await refresh(tag).expect(200);
    });

    it('tells views and sessions apart', async () => {
      await htmx({ ...valid, ttl: '600' });
      const [session] = await sessions();
      const paths = ['', '?sort=user', '?user_name=Juno', `/${session!.token}`].map(
        (end) => `/ui/sessions${end}`,
      );
      expect(new Set(await Promise.all(paths.map((path) => tagOf(path)))).size).toBe(4);
    });

    const patch = async (change: object) =>
      request(url)
        .patch(`/sessions/${(await sessions())[0]!.token}`)
        .send(change)
        .expect(200);
  });

  it.each([
    'sort=colour',
    'cursor=xyz',
    'user_name=Juno&cursor=0000000000000000',
    'limit=0',
    'revoked=x',
    'color=red',
  ])('refuses ?%s', async (query) => {
    await request(url).get(`/?${query}`).set('Accept', 'text/html').expect(400);
    await request(url).get(`/ui/sessions?${query}`).expect(400);
  });

  describe('the buttons of a session', () => {
    const press = (end: string, fields: object = {}) =>
      request(url).post(`/ui/sessions/${end}`).type('form').set('HX-Request', 'true').send(fields);
    const token = async () => (await sessions())[0]!.token;
    const left = async () => (await sessions())[0]?.expiresIn;

    it('never extend beyond the longest TTL, and never shorten', async () => {
      await htmx({ ...valid, ttl: '2591990' });
      await press(`${await token()}/extend`, { by: '30' }).expect(200);
      expect(await left()).toBe(2_592_000);
      await press(`${await token()}/extend`, { by: '300' }).expect(200);
      expect(await left()).toBe(2_592_000);
    });

    it.each([{ by: '31' }, { ttl: '0' }, { ttl: 'soon' }, { ttl: '2592001' }, {}, { color: 'red' }])(
      'say what is wrong with %j and change nothing',
      async (fields) => {
        await htmx(valid);
        const { text } = await press(`${await token()}/extend`, fields).expect(200);
        expect(text).toContain('Nothing changed');
        expect(await left()).toBe(60);
      },
    );

    it('do nothing before the question is answered', async () => {
      await htmx(valid);
      const { text } = await press(`${await token()}/revoke`).expect(200);
      expect(text).toContain('Revoke the session of <q>Juno</q>?');
      await press('revoke-all?user_name=Juno').expect(200);
      expect(await left()).toBe(60);
      await press('revoke-all', { confirmed: 'yes' }).expect(400);
      await press('nonsense/revoke', { confirmed: 'yes' }).expect(400);
      await press(`${await token()}/revoke`, { confirmed: 'yes' }).expect(200);
      expect(await left()).toBeUndefined();
    });
  });

  describe('the page of a session', () => {
    it('is 404 once the session is gone, and its refresh says so', async () => {
      await htmx(valid);
      const path = `/ui/sessions/${(await sessions())[0]!.token}`;
      await request(url).get(path).expect(200).expect('Cache-Control', 'no-store');
      test.clock.advance(60_000);
      expect((await request(url).get(path).expect(404)).text).toContain('No live session has this token');
      expect((await request(url).get(path).set('HX-Request', 'true').expect(200)).text).not.toContain(
        '<html',
      );
    });
  });

  it('shows no CQL where SHOW_CQL is false', async () => {
    await htmx(valid);
    expect((await request(url).get('/')).text).toContain('The CQL behind the scenes');
    const hidden = await startTestApp({ SHOW_CQL: 'false' });
    const other = await hidden.app.getUrl();
    await request(other).post('/sessions').send({ user_name: 'Juno', memory_fragment: 'x' }).expect(201);
    const { text } = await request(other).get('/').expect(200);
    expect(text).toContain('Juno');
    expect(text).not.toMatch(/CQL behind|SELECT|TTL\(/);
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

  it('compresses pages and what they load', async () => {
    for (const path of ['/', '/assets/htmx/htmx.min.js', '/assets/vault.css']) {
      const { headers } = await request(url).get(path).set('Accept-Encoding', 'gzip').expect(200);
      expect(headers['content-encoding']).toBe('gzip');
    }
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
