// The three buttons "as the system / light / dark".
const box = document.querySelector("[data-themes]");
if (box) {
  const buttons = [...box.querySelectorAll("button[value]")];
  const show = () => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.value === document.documentElement.dataset.theme)));
  box.hidden = false;
  show();
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (!button) return;
    try { localStorage.setItem("theme", button.value); } catch { /* nothing to keep it in */ }
    dispatchEvent(new Event("qaita:theme"));
    show();
  });
}
