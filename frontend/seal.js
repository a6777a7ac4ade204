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

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Tells whether a code of the catalogue is written right: its last letter checks the others. */
function isCode(text) {
  const body = /^PD-([0-9A-HJKMNP-TV-Z]{11})([0-9A-HJKMNP-TV-Z])$/.exec(text);
  if (!body) return false;
  let rest = 0;
  for (const letter of body[1]) rest = (rest * 32 + LETTERS.indexOf(letter)) % 37;
  return `${LETTERS}ABCDE`[rest] === body[2];
}

/** The products typed, or the words that say what is wrong with one; nothing of it is ever sent open. */
function productsOf(form) {
  const place = form.querySelector("[data-offered]");
  const products = [];
  for (const row of place.querySelectorAll("[data-offered-row]")) {
    const part = (name) => row.querySelector(`[data-part="${name}"]`).value.trim();
    const [code, name] = [part("product").toUpperCase(), part("name")];
    const amount = part("quantity").replaceAll(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    if (!code && !name && !amount) continue;
    const fault = (words, what) => ({ fault: what ? `${what}: ${words}` : words, row });
    if (!code && !name) return fault(place.dataset.badName, "");
    if (code && !isCode(code)) return fault(place.dataset.badCode, code);
    if (!/^\d{1,12}(\.\d{1,3})?$/.test(amount) || /^[0.]+$/.test(amount)) return fault(place.dataset.badQuantity, code || name);
    if (!code && !part("origin")) return fault(place.dataset.badOrigin, name);
    products.push(code ? { product: code, quantity: amount } : { name, origin: part("origin"), unit: part("unit"), quantity: amount });
  }
  return { products };
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
    const { products, fault, row } = productsOf(form);
    if (fault) {
      event.preventDefault();
      say(form, fault, "danger");
      form.querySelector("[data-offered]").open = true;
      row.querySelector("input").focus();
      return;
    }
    const address = JSON.parse(form.dataset.address);
    const offer = products.length > 0 ? { price_kzt: price, products } : { price_kzt: price };
    field.value = sealOffer(offer, address);
    typed.value = "";
    for (const input of form.querySelectorAll("[data-offered] input")) input.value = "";
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
