/* global htmx */
// What plain links and forms cannot do: count down, refresh, ask before a revoke. Without it the page still works.
const live = document.getElementById('live');
if (live) watch();

function watch() {
  /* The countdowns. They start from the seconds that the server says are left and run on the browser's steady clock,
     so that a wrong date on this machine does not matter. One ticker serves all cards and the refresh. */
  const now = () => performance.now();
  const amberUnder = Number(live.dataset.amberUnder);
  const redUnder = Number(live.dataset.redUnder);
  let renderedAt = now();
  let ticker;

  function tick() {
    noticeSleep();
    const passed = Math.round((now() - renderedAt) / 1000);
    for (const card of live.querySelectorAll('[data-expires-in]')) {
      show(card, Math.max(0, Number(card.dataset.expiresIn) - passed));
    }
    if (interval > 0 && !document.hidden && now() - askedAt > interval * 1000 - 500) refresh();
  }

  function show(card, left) {
    const state = left === 0 ? 'expired' : left < redUnder ? 'red' : left < amberUnder ? 'amber' : 'alive';
    if (card.dataset.state !== state) card.dataset.state = state;
    card.querySelector('.countdown').textContent = left === 0 ? '💀 EXPIRED' : duration(left);
    card.querySelector('progress').value = left;
    const ttl = card.querySelector('.ttl span');
    if (ttl) ttl.textContent = left === 0 ? 'null' : left;
  }

  /** 45 s, 4:32, 1:04:32 or 29 d 23:59:59, as the server writes it. */
  function duration(seconds) {
    if (seconds < 60) return `${seconds} s`;
    const pad = (n) => String(n).padStart(2, '0');
    const [days, hours, minutes] = [
      Math.floor(seconds / 86400),
      Math.floor(seconds / 3600) % 24,
      Math.floor(seconds / 60) % 60,
    ];
    const clock = hours || days ? `${hours}:${pad(minutes)}` : String(minutes);
    return `${days ? `${days} d ` : ''}${clock}:${pad(seconds % 60)}`;
  }

  /** The server has just said how long each card has: whole seconds are counted from there. */
  function restart(answeredAt) {
    renderedAt = answeredAt;
    clearInterval(ticker);
    ticker = setInterval(tick, 1000);
    tick();
  }

  /* Refreshes: one at a time, none while the tab is hidden. hx-ptag makes an unchanged one a 304 without a body. */
  const INTERVAL = 'vault.interval';
  let interval = Number(remembered(INTERVAL) ?? 5);
  let askedAt = now();
  let asking = false;
  /** Whether the countdowns may be off, so that even an unchanged list has to be told anew. */
  let doubtful = false;
  let clockGap = Date.now() - now();

  function refresh() {
    if (asking) return;
    asking = true;
    askedAt = now();
    htmx.trigger(live, 'refresh');
  }

  /** The steady clock may stand still while the machine sleeps; the wall clock then runs away from it. */
  function noticeSleep() {
    const gap = Date.now() - now();
    if (Math.abs(gap - clockGap) > 1500) wake();
    clockGap = gap;
  }

  function wake() {
    doubtful = true;
    if (interval > 0 && !document.hidden) refresh();
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    wake();
    tick();
  });
  document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    if (ctx.sourceEvent?.type === 'refresh' && doubtful) delete ctx.request.headers['HX-PTag'];
    // To what a form here sends, htmx adds every field of the list.
    if (ctx.source === live) {
      for (const name of [...ctx.request.body.keys()])
        if (!(name in ctx.values)) ctx.request.body.delete(name);
    }
  });
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    if (ctx.sourceEvent?.type === 'refresh') asking = false;
  });

  const choice = document.getElementById('interval');
  if (choice) {
    choice.value = String(interval);
    choice.parentElement.hidden = false;
    choice.addEventListener('change', () => {
      interval = Number(choice.value);
      remember(INTERVAL, choice.value);
    });
  }

  /* Swaps: what expired or was revoked fades, what is open stays open, and the focus is never lost. */
  const FADE_MILLISECONDS = 300;
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let answeredAt = now();
  let focusNext;

  document.addEventListener('htmx:before:swap', ({ detail: { tasks } }) => {
    answeredAt = now();
    const task = tasks.find(({ target, swapSpec }) => target === live && swapSpec.style === 'innerMorph');
    if (!task) return;
    const cards = [...live.querySelectorAll('.card')];
    const staying = new Set([...task.fragment.querySelectorAll('.card')].map(({ id }) => id));
    const leaving = new Set(cards.filter(({ id }) => !staying.has(id)));
    const focused = cards.indexOf(document.activeElement?.closest('.card'));
    if (leaving.has(cards[focused])) {
      const around = [...cards.slice(focused + 1), ...cards.slice(0, focused).reverse()];
      focusNext = around.find((card) => !leaving.has(card))?.id ?? 'sessions-title';
    }
    if (leaving.size === 0 || still.matches) return;
    for (const card of leaving) card.classList.add('leaving');
    task.swapSpec.swap = FADE_MILLISECONDS;
  });
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    // A 204, a 304, a refused form or an outage brings no cards.
    if (ctx.response.status !== 200) return;
    doubtful = false;
    restart(answeredAt);
    if (!focusNext) return;
    const next = document.getElementById(focusNext);
    (next?.querySelector('a') ?? next)?.focus();
    focusNext = undefined;
  });
  htmx.registerExtension('vault', {
    // Of an unchanged card only the seconds are new, and those the ticker writes: to morph a thousand takes too long.
    htmx_before_morph_node: (_, { oldNode, newNode }) => {
      if (!oldNode.dataset?.tag || oldNode.dataset.tag !== newNode.dataset.tag) return true;
      if (newNode.dataset.expiresIn) oldNode.dataset.expiresIn = newNode.dataset.expiresIn;
      return false;
    },
    htmx_before_morph_attr: (element, { attrName }) => !(attrName === 'open' && element.matches('details')),
  });

  /* Outages: a banner until the next good answer. */
  const outage = document.getElementById('outage');
  document.addEventListener('htmx:error', () => showOutage(true));
  document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
    showOutage(ctx.response.status >= 500);
    if (ctx.response.status < 500 && ctx.response.status >= 400 && ctx.response.status !== 422)
      tell(`The vault refused that (${ctx.response.status}).`);
  });

  /** Changed only where it has to be: whatever happens to it is read out. */
  function showOutage(shown) {
    if (outage.hidden === shown) outage.hidden = !shown;
  }

  /* The forms of a session go through htmx, so that the answer morphs the page instead of replacing it. */
  live.addEventListener('submit', async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = event.submitter;
    const answer = { source: live, target: live, swap: 'innerMorph' };
    if (button.dataset.ask) {
      if (await ask(button.dataset.ask)) await htmx.ajax('DELETE', button.dataset.delete, answer);
      return;
    }
    const values = Object.fromEntries(new FormData(form, button));
    form.reset();
    await htmx.ajax('POST', form.getAttribute('action'), { ...answer, values });
  });

  function ask(question) {
    const dialog = document.getElementById('ask');
    document.getElementById('ask-text').textContent = question;
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) =>
      dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }),
    );
  }

  live.addEventListener('click', async ({ target }) => {
    if (!target.matches('.copy')) return;
    const token = target.parentElement.querySelector('code');
    try {
      await navigator.clipboard.writeText(token.textContent);
      tell('Token copied.');
    } catch {
      // Only https and localhost may write to the clipboard.
      getSelection().selectAllChildren(token);
      tell('Token selected: your keyboard can copy it.');
    }
  });

  function tell(text) {
    document.getElementById('notice').textContent = text;
  }

  restart(now());
}

/** Storage may be switched off. */
function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then the choice lasts as long as the page.
  }
}
