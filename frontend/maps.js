// Every map of the site: one bundle, so that MapLibre is fetched once; the page says which map it is.
const { kind } = document.getElementById("map").dataset;
await (kind === "plan" ? import("./plan_map.js") : import("./map.js"));
