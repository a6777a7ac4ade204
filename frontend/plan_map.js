// The map of a plan by year, or of what two plans do differently: squares from afar, then sections.
// The boxes of the form beside it say what is shown; their swatches give the colours.
import { STREET, open, paper, passports, pointed, sheet } from "./shared/atlas.js";

const box = document.getElementById("map");
const form = document.getElementById("map-choices");
const words = box.dataset;
const boxes = () => [...form.elements].filter((input) => input.name === "mark");
const wide = (near, far) => ["interpolate", ["exponential", 1.5], ["zoom"], STREET, near, 18, far];

function style() {
  const c = paper();
  const tones = boxes().flatMap((input) => [Number(input.value), getComputedStyle(input.parentElement.querySelector("i")).backgroundColor]);
  const shown = boxes().filter((input) => input.checked).map((input) => Number(input.value));
  const tone = (name) => ["match", ["get", name], ...tones, "#8a979d"];
  const among = (name) => ["in", ["get", name], ["literal", shown]];
  const round = { "line-cap": "round", "line-join": "round" };
  return sheet(words, {
    plan: { type: "vector", tiles: [location.origin + decodeURI(words.tiles)], minzoom: 2, maxzoom: 16 },
  }, [], [
    { id: "squares", type: "fill", source: "plan", "source-layer": "cells", maxzoom: STREET, filter: among("mark"), paint: { "fill-color": tone("mark"), "fill-outline-color": c.casing, "fill-opacity": ["interpolate", ["linear"], ["get", "count"], 1, 0.75, 20, 1] } },
    { id: "left", type: "line", source: "plan", "source-layer": "sections", minzoom: STREET, filter: ["!", among("state")], layout: round, paint: { "line-color": "#8a979d", "line-opacity": 0.55, "line-width": wide(1, 3) } },
    { id: "casing", type: "line", source: "plan", "source-layer": "sections", minzoom: STREET, filter: among("state"), layout: round, paint: { "line-color": c.casing, "line-width": wide(4.5, 14) } },
    { id: "sections", type: "line", source: "plan", "source-layer": "sections", minzoom: STREET, filter: among("state"), layout: round, paint: { "line-color": tone("state"), "line-width": wide(3, 10) } },
  ]);
}

const map = await open(box, form, style, { bounds: JSON.parse(words.bounds), padding: 48 });
pointed(map, ["sections", "left"]);
for (const layer of ["sections", "left"]) passports(map, layer, words.section);
