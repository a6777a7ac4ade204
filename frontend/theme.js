// Runs before the first paint: the reader's own choice of light or dark, else what the system says.
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = "auto";
    try { chosen = localStorage.getItem("theme") ?? "auto"; } catch { /* storage is closed: follow the system */ }
    root.dataset.theme = chosen;
    root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("qaita:theme", apply);
}
