// Copy buttons, times in the reader's own time zone, a filter that follows what is typed, and forms for impatient fingers.
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue;
  const word = button.querySelector('span');
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    word.textContent = button.dataset.done;
  });
}

const SHOWN = { time: { timeStyle: 'short' }, moment: { dateStyle: 'long', timeStyle: 'short' } };
for (const time of document.querySelectorAll('time[data-local]')) {
  const language = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
  time.textContent = new Intl.DateTimeFormat(language, SHOWN[time.dataset.local]).format(new Date(time.dateTime));
}

const filter = document.querySelector('[data-filter]');
if (filter) {
  const items = [...document.getElementById(filter.dataset.filter).children];
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
  // Enter opens the first that is left; with none the form asks the server, whose page says so.
  filter.form.addEventListener('submit', (event) => {
    const first = filter.value.trim() === '' ? undefined : items.find((item) => !item.hidden);
    if (!first) return;
    event.preventDefault();
    first.querySelector('a').click();
  });
}

// The answer to a second click would hide the answer to the first.
for (const form of document.querySelectorAll('form[data-once]')) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener('pageshow', () => (sent = false));
}
