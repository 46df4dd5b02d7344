// The hand-off page: sends its form once. Shown again (back button, reload) it says so and leaves the button to the person.
const form = document.getElementById('hand-off');

function showAgain() {
  for (const element of document.querySelectorAll('[data-again]')) element.textContent = (isSignOut && element.dataset.againOut) || element.dataset.again;
  const heading = document.getElementById('heading');
  document.title = document.title.replace(/^.*(?= – )/, () => heading.textContent);
  heading.focus();
}

// The SAML message of an answer; '' where there is none.
function readMessage() {
  try {
    return atob(form.elements.SAMLResponse.value);
  } catch {
    return '';
  }
}

const message = readMessage();
const isSignOut = /<(?:\w+:)?LogoutResponse\b/.test(message);

// Browsers put the application's page in the place of this one, so that going back leads to the request before it, which
// is then answered anew: how the page was reached tells, and what the answer is for, when this tab has sent one already.
function wasSent() {
  if (history.state?.sent || performance.getEntriesByType('navigation')[0]?.type !== 'navigate') return true;
  const [, request] = /\bInResponseTo="([^"]+)"/.exec(message) ?? [];
  if (request === undefined) return false;
  try {
    const before = sessionStorage.getItem(`sent ${request}`) !== null;
    sessionStorage.setItem(`sent ${request}`, '1');
    return before;
  } catch {
    // No storage: then nothing is known.
    return false;
  }
}

if (wasSent()) {
  showAgain();
} else {
  history.replaceState({ sent: true }, '');
  form.submit();
}

// Back to the very page, kept by the browser as it was.
addEventListener('pageshow', (event) => {
  if (event.persisted) showAgain();
});
