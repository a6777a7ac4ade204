// The map of networks: regions from afar, squares of wear nearer, single sections from the street.
// Reads everything it needs from #map's data attributes and from the form beside it.
import * as maplibregl from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";

const box = document.getElementById("map");
const form = document.getElementById("map-choices");
const asked = new URLSearchParams(location.search).get("service");
for (const input of form.elements) if (input.name === "service" && input.value === asked) input.checked = true;
const words = box.dataset;
const dark = () => document.documentElement.dataset.bsTheme === "dark";
const FONT = ["Onest Variable"];
const STREET = 13; // from here on single sections

const paper = () => dark()
  ? { ground: "#0c161b", land: "#1b2b34", edge: "#486472", ink: "#e7eff2", halo: "#0c161bd9", casing: "#0c161b" }
  : { ground: "#e3ecef", land: "#fbfaf6", edge: "#8fb2bd", ink: "#10242e", halo: "#ffffffe6", casing: "#ffffff" };
const ramp = (value) => ["interpolate", ["linear"], value, 0, "#5db5ae", 20, "#9fd0c4", 40, "#efd58c", 55, "#f0a35a", 70, "#d9653b", 90, "#a63a2c"];
// classes of size 0…4: the wider the pipe, the wider its line; the casing adds an edge
const wide = (near, far) => {
  const size = ["get", "class"];
  return ["interpolate", ["exponential", 1.5], ["zoom"], 13, ["+", 1.2 + near, ["*", 0.5, size]], 18, ["+", 5 + far, ["*", 3, size]]];
};
const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const tiles = (service) => [location.origin + words.tiles.replace("{service}", service)];

function style(service) {
  const c = paper();
  const wear = ["get", "wear"];
  const share = ["coalesce", ["get", `wear_${service}`], -1];
  return {
    version: 8,
    sources: {
      regions: { type: "geojson", data: words.regions },
      places: { type: "geojson", data: words.places },
      marks: { type: "geojson", data: words.networks },
      networks: { type: "vector", tiles: tiles(service), minzoom: 7, maxzoom: 16 },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      { id: "land", type: "fill", source: "regions", paint: { "fill-color": c.land } },
      { id: "wear", type: "fill", source: "regions", maxzoom: 8, filter: [">=", share, 0], paint: { "fill-color": ramp(share), "fill-opacity": ["interpolate", ["linear"], ["zoom"], 5.5, 0.85, 7.5, 0] } },
      { id: "edges", type: "line", source: "regions", paint: { "line-color": c.edge, "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.8, 8, 2], "line-dasharray": [3, 2] } },
      { id: "squares", type: "fill", source: "networks", "source-layer": "cells", minzoom: 7, maxzoom: STREET, paint: { "fill-color": ramp(wear), "fill-antialias": false, "fill-opacity": ["interpolate", ["linear"], ["get", "km"], 1, 0.6, 60, 0.95] } },
      { id: "casing", type: "line", source: "networks", "source-layer": "sections", minzoom: STREET, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.casing, "line-width": wide(1.4, 5) } },
      { id: "sections", type: "line", source: "networks", "source-layer": "sections", minzoom: STREET, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ["case", ["==", ["get", "state"], 1], "#1f8fff", [">", wear, 100], "#8a979d", ramp(wear)], "line-width": wide(0, 0) } },
      { id: "marks", type: "circle", source: "marks", minzoom: 4, maxzoom: STREET, filter: ["==", ["get", "service"], service], layout: { "circle-sort-key": ["-", ["get", "km"]] }, paint: { "circle-color": ["case", ["has", "wear"], ramp(wear), "#8a979d"], "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "km"]], 0, 5, 20, 13], "circle-stroke-color": c.casing, "circle-stroke-width": 2, "circle-opacity": ["interpolate", ["linear"], ["zoom"], 10, 1, 12.5, 0], "circle-stroke-opacity": ["interpolate", ["linear"], ["zoom"], 10, 1, 12.5, 0] } },
      { id: "places", type: "symbol", source: "places", filter: [">=", ["get", "people"], ["step", ["zoom"], 120000, 6, 30000, 8, 0]], layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 3, 11.5, 9, 17], "text-padding": 5, "text-variable-anchor": ["top", "bottom"], "text-radial-offset": 0.75, "symbol-sort-key": ["-", ["get", "people"]] }, paint: { "text-color": c.ink, "text-halo-color": c.halo, "text-halo-width": 1.8 } },
    ],
  };
}

function locale() {
  return { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "NavigationControl.ResetBearing": words.north, "Map.Title": words.title, "ScaleControl.Meters": words.metres, "ScaleControl.Kilometers": words.kilometres, "AttributionControl.ToggleAttribution": words.title };
}

// Labels are drawn with the page's own font: it must be there before the first one.
await Promise.all(["Ққ", "Аа", "Aa"].map((letters) => document.fonts.load('600 16px "Onest Variable"', letters)));

const map = new maplibregl.Map({
  container: box, style: style(chosen("service")), bounds: [46.2, 40.4, 87.6, 55.7], fitBoundsOptions: { padding: 12 },
  hash: "at", attributionControl: false, fadeDuration: 0, maxZoom: 18, minZoom: 2.6, dragRotate: false, locale: locale(), cooperativeGestures: false,
});
map.touchZoomRotate.disableRotation();
map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
const restyle = () => map.setStyle(style(chosen("service")), { diff: true });
form.addEventListener("change", restyle);
new MutationObserver(restyle).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

for (const layer of ["sections", "wear", "marks"]) {
  map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
}
map.on("click", "sections", ({ features: [section] }) => {
  if (section?.properties.code) location.assign(words.section.replace("CODE", encodeURIComponent(section.properties.code)));
});
map.on("click", "marks", ({ features: [network] }) => {
  if (map.getZoom() < STREET) map.flyTo({ center: network.geometry.coordinates, zoom: STREET + 0.6, essential: false });
});
map.on("click", "wear", ({ features: [region], point }) => {
  if (map.queryRenderedFeatures(point, { layers: ["marks"] }).length) return;
  if (region && map.getZoom() < 6.5) location.assign(words.region.replace("KATO", region.properties.kato));
});
map.once("idle", () => { box.dataset.ready = "yes"; });
