// Sign-out. While applications are asked, in frames of the page: shows each answer as it comes, and goes on to the result
// when all are there, or after five seconds, whatever is missing. On the result page: goes back to where the sign-out
// started, unless somebody is reading.
const LONGEST_MS = 5000;
const POLL_MS = 400;
const PROBE_MS = 4000;
const BACK_MS = 8000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const table = document.getElementById('sign-out');
if (table) ask(table);

const back = document.getElementById('back');
if (back) goBackSoon(back, document.getElementById('soon'));

async function ask({ dataset, rows }) {
  const byKey = new Map([...rows].filter((row) => row.dataset.key).map((row) => [row.dataset.key, row]));
  const frames = [...document.querySelectorAll('iframe[data-key]')];
  const unreachable = [];

  const show = (key, state) => {
    const row = byKey.get(key);
    if (!row || row.dataset.state === state) return;
    row.dataset.state = state;
    row.lastElementChild.replaceChildren(document.querySelector(`template[data-state="${state}"]`).content.cloneNode(true));
  };

  // Frames begin with a page of ours, for browsers without script.
  const loaded = frames.map(async (frame) => {
    const { key, direct } = frame.dataset;
    if (!direct) return;
    const load = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    frame.contentWindow.location.replace(direct);
    // What answers is told by the server; what never does is done when its frame has loaded. A frame loads an error page as
    // it loads any other, so the address is asked a second time, in a way that tells the two apart.
    if (byKey.get(key)?.dataset.state !== 'asked') return;
    if (await isReachable(direct)) return load;
    unreachable.push(key);
    show(key, 'silent');
  });

  const answered = async () => {
    for (;;) {
      for (const { key, state } of await readProgress(dataset.progress)) if (!unreachable.includes(key)) show(key, state);
      if (![...byKey.values()].some((row) => row.dataset.state === 'waiting')) return;
      await sleep(POLL_MS);
    }
  };

  await Promise.race([Promise.all([answered(), ...loaded]), sleep(LONGEST_MS)]);
  location.replace(dataset.done + (unreachable.length > 0 ? `&unreachable=${unreachable.join('.')}` : ''));
}

/** What the server knows by now; nothing new when it cannot be asked. */
async function readProgress(address) {
  try {
    const response = await fetch(address, { cache: 'no-store', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(LONGEST_MS) });
    return (await response.json()).applications;
  } catch {
    return [];
  }
}

async function isReachable(address) {
  try {
    await fetch(address, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

function goBackSoon(button, sentence) {
  const timer = setTimeout(() => button.click(), BACK_MS);
  const stay = () => {
    clearTimeout(timer);
    sentence.textContent = sentence.dataset.stays;
  };
  sentence.hidden = false;
  for (const sign of ['keydown', 'pointerdown', 'wheel', 'touchmove', 'scroll']) addEventListener(sign, stay, { once: true, passive: true });
  addEventListener('pagehide', stay);
}
