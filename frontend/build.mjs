// Bundles the browser files. Called by ./qaita up as
//   node frontend/build.mjs OUT NODE_MODULES FONTS SITE_PACKAGES
// OUT/qaita/ then holds theme.css, portal.js, desk.js, maps.js, seal.js (those whose source exists),
// htmx.js, MapLibre's worker and the font. Nothing of OUT is committed.
import { createRequire } from "node:module";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";

const [outArg, modulesArg, fontsArg, sitePackagesArg] = process.argv.slice(2);
if (!sitePackagesArg) {
  console.error("usage: node build.mjs OUT NODE_MODULES FONTS SITE_PACKAGES");
  process.exit(2);
}
const here = import.meta.dirname;
const root = path.dirname(here);
const [out, modules, fonts, sitePackages] = [outArg, modulesArg, fontsArg, sitePackagesArg].map((p) => path.resolve(p));
const need = createRequire(path.join(modules, "any.js"));
const esbuild = need("esbuild");
const { PurgeCSS } = need("purgecss");

const entries = ["theme.css", "theme.js", "portal.js", "desk.js", "maps.js", "seal.js"].filter((name) => existsSync(path.join(here, name)));

/** Our subset of the font stands in for the npm package's many files. */
const font = {
  name: "font",
  setup(build) {
    build.onResolve({ filter: /^(qaita-font|@fontsource-variable\/onest.*)$/ }, () => ({ path: path.join(fonts, "onest.css") }));
  },
};

/** Drops the rules of Tabler that no template, script or Python file mentions. */
async function purge(file) {
  const sources = [];
  for (const folder of [path.join(root, "src", "qaita"), here]) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (/\.(html|js|mjs|py|svg)$/.test(name)) sources.push(path.join(folder, name));
    }
  }
  const [result] = await new PurgeCSS().purge({
    content: sources,
    css: [file],
    safelist: { standard: [/^w-\d+$/, /^[sw]\d$/, /^(svc|tone|fill|tab|pane)-/, /^maplibregl/, /^htmx-/, /^is-/, "show", "active", "collapsing"], greedy: [/data-bs-theme/] },
    keyframes: false,
    fontFace: false,
    variables: false,
    defaultExtractor: (text) => text.match(/[\w-/:%.]+(?<![:.])/g) ?? [],
  });
  const small = await esbuild.transform(result.css, { loader: "css", minify: true });
  await writeFile(file, small.code);
}

const making = `${out}.making`;
const folder = path.join(making, "qaita");
await rm(making, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

await esbuild.build({
  entryPoints: entries.map((name) => path.join(here, name)),
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  nodePaths: [modules],
  plugins: [font],
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  assetNames: "fonts/[name]",
});
for (const name of ["theme.css"]) {
  if (entries.includes(name)) await purge(path.join(folder, name));
}
if (entries.includes("maps.js")) {
  // pages name MapLibre's worker, so that its name may carry its digest
  await cp(path.join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs"), path.join(folder, "maplibre-gl-worker.mjs"));
}
const htmx = path.join(sitePackages, "django_htmx/static/django_htmx");
await cp(path.join(htmx, "htmx-4.min.js"), path.join(folder, "htmx.js"));
for (const name of ["img", "fonts"]) {
  const source = path.join(here, name);
  if (existsSync(source)) await cp(source, path.join(folder, name), { recursive: true });
}

await rm(out, { recursive: true, force: true });
await rename(making, out);
for (const name of (await readdir(out, { recursive: true })).sort()) {
  if (/\.(css|m?js|woff2)$/.test(name)) console.log(`${name} ${(await readFile(path.join(out, name))).length}`);
}
