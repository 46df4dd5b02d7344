// The hand-off page: sends its form once. Shown again (back button, reload) it says so and leaves the button to the person.
const form = document.getElementById('hand-off');

function showAgain() {
  for (const element of document.querySelectorAll('[data-again]')) element.textContent = element.dataset.again;
  const heading = document.getElementById('heading');
  document.title = document.title.replace(/^.*(?= – )/, () => heading.textContent);
  heading.focus();
}

if (history.state?.sent) {
  showAgain();
} else {
  history.replaceState({ sent: true }, '');
  form.submit();
}

// Back to the very page, kept by the browser as it was.
addEventListener('pageshow', (event) => {
  if (event.persisted) showAgain();
});
