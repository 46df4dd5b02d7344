// Show the password, and hide it again before it is sent.
for (const button of document.querySelectorAll('[data-show]')) {
  const field = document.getElementById(button.dataset.show);
  const word = button.querySelector('span');
  const { show, hide } = { show: word.textContent, hide: button.dataset.hide };
  const set = (visible) => {
    field.type = visible ? 'text' : 'password';
    word.textContent = visible ? hide : show;
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    set(field.type === 'password');
    field.focus();
  });
  field.form.addEventListener('submit', () => set(false));
  addEventListener('pageshow', () => set(false));
}
