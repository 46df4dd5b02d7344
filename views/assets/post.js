// The hand-off page: sends its form once. Shown again (back button, reload) it says so and leaves the button to the person.
const form = document.getElementById('hand-off');

function showAgain() {
  for (const element of document.querySelectorAll('[data-again]')) element.textContent = element.dataset.again;
  const heading = document.getElementById('heading');
  document.title = document.title.replace(/^.*(?= – )/, () => heading.textContent);
  heading.focus();
}

// Browsers put the application's page in the place of this one, so that going back leads to the request before it, which
// is then answered anew: only what the answer is for tells that this tab has sent one already.
function markSent() {
  try {
    const [, request] = /\bInResponseTo="([^"]+)"/.exec(atob(form.elements.SAMLResponse.value)) ?? [];
    if (request === undefined) return false;
    const key = `sent ${request}`;
    const before = sessionStorage.getItem(key) !== null;
    sessionStorage.setItem(key, '1');
    return before;
  } catch {
    // No such field, or no storage: then nothing is known.
    return false;
  }
}

if (history.state?.sent || markSent()) {
  showAgain();
} else {
  history.replaceState({ sent: true }, '');
  form.submit();
}

// Back to the very page, kept by the browser as it was.
addEventListener('pageshow', (event) => {
  if (event.persisted) showAgain();
});
