// Sealing of bids with libsodium: the same scheme, byte for byte, as src/qaita/procurement/sealing.py,
// which explains it. Runs in the browser and in Node (the tests seal here and open there).
import sodium from "libsodium-wrappers";

const VERSION = 1;
const KEY_BYTES = 32;
const BLOCK_BYTES = 1024;

export const ready = sodium.ready;
const text = (value) => new TextEncoder().encode(value);
export const b64 = (bytes) => sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
export const unb64 = (string) => sodium.from_base64(string, sodium.base64_variants.ORIGINAL);

/** RFC 8785 for what we write: strings and whole numbers, keys in order. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const joined = (left, right) => {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
};
const digest = (bytes) => sodium.to_hex(sodium.crypto_generichash(32, bytes));
const holds = (place, name) => !name.split(".").includes(String(place));

function combinations(items, size, start = 0) {
  if (size === 0) return [[]];
  const found = [];
  for (let i = start; i <= items.length - size; i += 1) {
    for (const rest of combinations(items, size - 1, i + 1)) found.push([items[i], ...rest]);
  }
  return found;
}

const padNames = (members, threshold) =>
  combinations(Array.from({ length: members }, (_, i) => i + 1), threshold - 1).map((out) => out.join("."));

function padHash(header, name, pad) {
  const bound = canonical({ bidder: header.bidder, lot: header.lot, pad: name, tender: header.tender });
  return digest(joined(text(bound), pad));
}

function xor(pads) {
  const key = new Uint8Array(KEY_BYTES);
  for (const pad of pads) for (let i = 0; i < KEY_BYTES; i += 1) key[i] ^= pad[i];
  return key;
}

/** A fresh pair of a committee member. */
export function makeKey() {
  const pair = sodium.crypto_box_keypair();
  return { private: b64(pair.privateKey), public: b64(pair.publicKey) };
}

/** The envelope only `threshold` of `members` can open; address: {tender, lot, bidder, threshold, members: [{person, key}]}. */
export function sealOffer(offer, address) {
  const pads = new Map(
    padNames(address.members.length, address.threshold).map((name) => [name, sodium.randombytes_buf(KEY_BYTES)]),
  );
  const header = {
    bidder: address.bidder,
    lot: address.lot,
    members: address.members.map(({ key, person }) => ({ key, person })),
    tender: address.tender,
    threshold: address.threshold,
    v: VERSION,
  };
  header.pads = Object.fromEntries([...pads].map(([name, pad]) => [name, padHash(header, name, pad)]));
  const bound = text(canonical(header));
  const nonce = sodium.randombytes_buf(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  const message = sodium.pad(text(canonical(offer)), BLOCK_BYTES);
  const key = xor(pads.values());
  const box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, bound, null, nonce, key);
  const shares = {};
  address.members.forEach((member, index) => {
    const mine = Object.fromEntries(
      [...pads].filter(([name]) => holds(index + 1, name)).map(([name, pad]) => [name, b64(pad)]),
    );
    const parcel = text(canonical({ header: digest(bound), pads: mine }));
    shares[member.person] = b64(sodium.crypto_box_seal(parcel, unb64(member.key)));
  });
  sodium.memzero(key);
  return canonical({ box: b64(box), header, nonce: b64(nonce), shares });
}

/** The pads a member's private key reveals in one envelope; throws when the envelope is not for the key. */
export function openShare(envelope, person, privateKey) {
  const whole = JSON.parse(envelope);
  const secret = unb64(privateKey);
  const parcel = sodium.crypto_box_seal_open(unb64(whole.shares[person]), sodium.crypto_scalarmult_base(secret), secret);
  const opened = JSON.parse(sodium.to_string(parcel));
  if (opened.header !== digest(text(canonical(whole.header)))) throw new Error("share of another envelope");
  for (const [name, pad] of Object.entries(opened.pads)) {
    if (padHash(whole.header, name, unb64(pad)) !== whole.header.pads[name]) throw new Error("false pad");
  }
  return opened.pads;
}
