// The countdowns. They start from the seconds the server says are left and run on the browser's steady clock,
// so that a wrong date on this machine does not matter.
const list = document.getElementById('sessions');
const amberUnder = Number(list?.dataset.amberUnder);
const redUnder = Number(list?.dataset.redUnder);
let answeredAt = performance.now();
let ticker;

function tick() {
  const passed = Math.round((performance.now() - answeredAt) / 1000);
  for (const card of list.querySelectorAll('[data-expires-in]')) {
    const left = Math.max(0, Number(card.dataset.expiresIn) - passed);
    card.dataset.state =
      left === 0 ? 'expired' : left < redUnder ? 'red' : left < amberUnder ? 'amber' : 'alive';
    card.querySelector('.countdown').textContent = left === 0 ? '💀 EXPIRED' : duration(left);
    card.querySelector('progress').value = left;
  }
}

/** 45 s, 4:32, 1:04:32 or 29 d 23:59:59 */
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

/** All cards were just rendered by the server: count whole seconds from now on. */
function restart() {
  answeredAt = performance.now();
  clearInterval(ticker);
  ticker = setInterval(tick, 1000);
  tick();
}

/** An answer of 5xx, or none at all, shows the banner; the next good one hides it. */
function showOutage(event) {
  const status = event.detail.ctx.response?.status;
  document.querySelector('#outage span').hidden = status !== undefined && status < 500;
}

if (list) {
  document.addEventListener('htmx:after:swap', (event) => {
    // Not after a revoke, which takes one card out, nor after an answer that brings no cards (204, 422, 503).
    const { request, response } = event.detail.ctx;
    if (request.method !== 'DELETE' && response.status === 200) restart();
  });
  document.addEventListener('htmx:finally:request', showOutage);
  restart();
}
