// Filters answer at once; the button stays for readers without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select")) form.requestSubmit();
});
let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (!form || !window.htmx || !event.target.matches("input[type=search]")) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.requestSubmit(), 350);
});
