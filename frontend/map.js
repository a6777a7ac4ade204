// The map of networks: regions from afar, squares of wear nearer, single sections from the street.
// Reads everything it needs from #map's data attributes and from the form beside it.
import { STREET, open, paper, passports, pointed, sheet } from "./shared/atlas.js";

const box = document.getElementById("map");
const form = document.getElementById("map-choices");
const asked = new URLSearchParams(location.search).get("service");
for (const input of form.elements) if (input.name === "service" && input.value === asked) input.checked = true;
const words = box.dataset;

const ramp = (value) => ["interpolate", ["linear"], value, 0, "#5db5ae", 20, "#9fd0c4", 40, "#efd58c", 55, "#f0a35a", 70, "#d9653b", 90, "#a63a2c"];
// classes of size 0…4: the wider the pipe, the wider its line; the casing adds an edge
const wide = (near, far) => {
  const size = ["get", "class"];
  return ["interpolate", ["exponential", 1.5], ["zoom"], 13, ["+", 1.2 + near, ["*", 0.5, size]], 18, ["+", 5 + far, ["*", 3, size]]];
};
const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const tiles = (service) => [location.origin + words.tiles.replace("{service}", service)];

function style() {
  const c = paper();
  const service = chosen("service");
  const wear = ["get", "wear"];
  const share = ["coalesce", ["get", `wear_${service}`], -1];
  return sheet(words, {
    marks: { type: "geojson", data: words.networks },
    networks: { type: "vector", tiles: tiles(service), minzoom: 7, maxzoom: 16 },
  }, [
    { id: "wear", type: "fill", source: "regions", maxzoom: 8, filter: [">=", share, 0], paint: { "fill-color": ramp(share), "fill-opacity": ["interpolate", ["linear"], ["zoom"], 5.5, 0.85, 7.5, 0] } },
  ], [
    { id: "squares", type: "fill", source: "networks", "source-layer": "cells", minzoom: 7, maxzoom: STREET, paint: { "fill-color": ramp(wear), "fill-antialias": false, "fill-opacity": ["interpolate", ["linear"], ["get", "km"], 1, 0.6, 60, 0.95] } },
    { id: "casing", type: "line", source: "networks", "source-layer": "sections", minzoom: STREET, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.casing, "line-width": wide(1.4, 5) } },
    { id: "sections", type: "line", source: "networks", "source-layer": "sections", minzoom: STREET, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ["case", ["==", ["get", "state"], 1], "#1f8fff", [">", wear, 100], "#8a979d", ramp(wear)], "line-width": wide(0, 0) } },
    { id: "marks", type: "circle", source: "marks", minzoom: 4, maxzoom: STREET, filter: ["==", ["get", "service"], service], layout: { "circle-sort-key": ["-", ["get", "km"]] }, paint: { "circle-color": ["case", ["has", "wear"], ramp(wear), "#8a979d"], "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "km"]], 0, 5, 20, 13], "circle-stroke-color": c.casing, "circle-stroke-width": 2, "circle-opacity": ["interpolate", ["linear"], ["zoom"], 10, 1, 12.5, 0], "circle-stroke-opacity": ["interpolate", ["linear"], ["zoom"], 10, 1, 12.5, 0] } },
  ]);
}

const map = await open(box, form, style);
pointed(map, ["sections", "wear", "marks"]);
passports(map, "sections", words.section);
map.on("click", "marks", ({ features: [network] }) => {
  if (map.getZoom() < STREET) map.flyTo({ center: network.geometry.coordinates, zoom: STREET + 0.6, essential: false });
});
map.on("click", "wear", ({ features: [region], point }) => {
  if (map.queryRenderedFeatures(point, { layers: ["marks"] }).length) return;
  if (region && map.getZoom() < 6.5) location.assign(words.region.replace("KATO", region.properties.kato));
});
