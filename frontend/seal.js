// The desk's three sealed forms. Prices and private keys stay in the browser: their fields have no name,
// so nothing but ciphertext, a public key or opened shares is ever sent. Words come from data attributes.
import { b64, makeKey, openShare, ready, sealOffer, unb64 } from "./sealing.js";

const say = (form, words, tone) => {
  const place = form.querySelector("[data-say]");
  place.textContent = words;
  place.className = `alert alert-${tone}`;
  place.hidden = false;
};

const save = (name, value) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: "application/json" }));
  link.download = name;
  link.click();
};

const readKey = async (form) => JSON.parse(await form.querySelector("[data-key-file]").files[0].text());

/** Takes the number as people write it: spaces between thousands, a comma for the fraction. */
function priceOf(input) {
  const plain = input.value.replaceAll(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (!/^\d{1,15}(\.\d{1,2})?$/.test(plain)) return null;
  const [whole, fraction = ""] = plain.split(".");
  const units = whole.replace(/^0+(?=\d)/, "");
  const price = `${units}.${fraction.padEnd(2, "0")}`;
  return /^[0.]+$/.test(price) ? null : price;
}

function sealForm(form) {
  const field = form.elements.namedItem("envelope_text");
  const file = form.elements.namedItem("envelope_file");
  if (field.value) say(form, form.dataset.kept, "success");
  form.addEventListener("submit", (event) => {
    const typed = form.querySelector("[data-price]");
    if (!typed.value.trim() && (field.value || file.files.length > 0)) return;
    const price = priceOf(typed);
    if (price === null) {
      event.preventDefault();
      say(form, form.dataset.badPrice, "danger");
      return;
    }
    const address = JSON.parse(form.dataset.address);
    field.value = sealOffer({ price_kzt: price }, address);
    typed.value = "";
    say(form, form.dataset.sealed, "success");
  });
}

function keyForm(form) {
  form.addEventListener("submit", (event) => {
    const field = form.elements.namedItem("public_key");
    if (field.value) return;
    event.preventDefault();
    const pair = makeKey();
    save(`qaita-key-${form.dataset.person}.json`, { person: form.dataset.person, ...pair, v: 1 });
    field.value = pair.public;
    form.querySelector("[data-key-shown]").textContent = pair.public;
    say(form, form.dataset.saved, "success");
  });
}

function shareForm(form) {
  form.addEventListener("submit", async (event) => {
    const field = form.elements.namedItem("shares_text");
    if (field.value) return;
    event.preventDefault();
    try {
      const key = await readKey(form);
      if (unb64(key.private).length !== 32) throw new Error("key");
      const given = {};
      for (const { code, envelope } of JSON.parse(form.dataset.bids)) {
        given[code] = openShare(envelope, form.dataset.person, key.private);
      }
      field.value = JSON.stringify(given);
      form.querySelector("[data-key-file]").value = "";
      form.requestSubmit();
    } catch {
      say(form, form.dataset.badKey, "danger");
    }
  });
}

await ready;
const kinds = { seal: sealForm, key: keyForm, shares: shareForm };
for (const form of document.querySelectorAll("form[data-sealing]")) {
  kinds[form.dataset.sealing](form);
  for (const part of form.querySelectorAll("[data-needs-script]")) part.hidden = false;
  for (const button of form.querySelectorAll("[data-seal-button]")) button.disabled = false;
}
document.documentElement.dataset.sealing = b64(new Uint8Array([1])) === "AQ==" ? "ready" : "broken";
