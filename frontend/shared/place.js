// The reader's own place, only when asked for: fills the two fields of a point; nothing is sent before the form is.
const REACH = { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 };

for (const button of document.querySelectorAll("button[data-locate]")) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = button.form;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      // four digits are about ten metres: enough for a pipe, no more than needed
      form.elements.namedItem(button.dataset.lat).value = coords.latitude.toFixed(4);
      form.elements.namedItem(button.dataset.lon).value = coords.longitude.toFixed(4);
      button.disabled = false;
      form.querySelector("details:has([name$=lat], [name$=lat_deg])")?.setAttribute("open", "");
      if ("submit" in button.dataset) {
        form.elements.namedItem("q").value = "";
        form.requestSubmit();
      }
    }, () => {
      button.disabled = false;
      button.textContent = button.dataset.denied;
    }, REACH);
  });
}
