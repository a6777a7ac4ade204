// What all maps share: paper, regions and towns, words, controls; each map adds layers of its own.
import * as maplibregl from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";

export const STREET = 13; // from here on single sections
const FONT = ["Onest Variable"];
const COUNTRY = [46.2, 40.4, 87.6, 55.7];
const dark = () => document.documentElement.dataset.bsTheme === "dark";

export const paper = () => dark()
  ? { ground: "#0c161b", land: "#1b2b34", edge: "#486472", ink: "#e7eff2", halo: "#0c161bd9", casing: "#0c161b" }
  : { ground: "#e3ecef", land: "#fbfaf6", edge: "#8fb2bd", ink: "#10242e", halo: "#ffffffe6", casing: "#ffffff" };

/** A style of the country with other sources, layers on the land and layers over the borders. */
export function sheet(words, sources, onLand, overBorders) {
  const c = paper();
  return {
    version: 8,
    sources: { regions: { type: "geojson", data: words.regions }, places: { type: "geojson", data: words.places }, ...sources },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      { id: "land", type: "fill", source: "regions", paint: { "fill-color": c.land } },
      ...onLand,
      { id: "edges", type: "line", source: "regions", paint: { "line-color": c.edge, "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.8, 8, 2], "line-dasharray": [3, 2] } },
      ...overBorders,
      { id: "places", type: "symbol", source: "places", filter: [">=", ["get", "people"], ["step", ["zoom"], 120000, 6, 30000, 8, 0]], layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 3, 11.5, 9, 17], "text-padding": 5, "text-variable-anchor": ["top", "bottom"], "text-radial-offset": 0.75, "symbol-sort-key": ["-", ["get", "people"]] }, paint: { "text-color": c.ink, "text-halo-color": c.halo, "text-halo-width": 1.8 } },
    ],
  };
}

function locale(words) {
  return { "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "NavigationControl.ResetBearing": words.north, "Map.Title": words.title, "ScaleControl.Meters": words.metres, "ScaleControl.Kilometers": words.kilometres, "AttributionControl.ToggleAttribution": words.title };
}

/** Draw the map into its box; it is drawn anew when the form or the theme changes. */
export async function open(box, form, style, { bounds = COUNTRY, padding = 12 } = {}) {
  // Labels are drawn with the page's own font: it must be there before the first one.
  await Promise.all(["Ққ", "Аа", "Aa"].map((letters) => document.fonts.load('600 16px "Onest Variable"', letters)));
  maplibregl.setWorkerUrl(new URL(box.dataset.worker, location.href).href);
  const map = new maplibregl.Map({
    container: box, style: style(), bounds, fitBoundsOptions: { padding, maxZoom: 15 },
    hash: "at", attributionControl: false, fadeDuration: 0, maxZoom: 18, minZoom: 2.6, dragRotate: false, locale: locale(box.dataset), cooperativeGestures: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  const restyle = () => map.setStyle(style(), { diff: true });
  form.addEventListener("change", restyle);
  new MutationObserver(restyle).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  map.once("idle", () => { box.dataset.ready = "yes"; });
  return map;
}

/** Show a hand over the layers that answer a press. */
export function pointed(map, layers) {
  for (const layer of layers) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}

/** Go to the passport of the section that was pressed. */
export function passports(map, layer, address) {
  map.on("click", layer, ({ features: [section] }) => {
    if (section?.properties.code) location.assign(address.replace("CODE", encodeURIComponent(section.properties.code)));
  });
}
