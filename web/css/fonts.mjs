// Copies the letters that the pages use from their packages into the embedded folder.
import { copyFileSync } from "node:fs";

const from = new URL("../node_modules/", import.meta.url);
const to = new URL("../static/", import.meta.url);
const fonts = {
  "sans.woff2": "@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2",
  "sans-ext.woff2": "@fontsource-variable/public-sans/files/public-sans-latin-ext-wght-normal.woff2",
  "serif.woff2": "@fontsource/source-serif-4/files/source-serif-4-latin-600-normal.woff2",
};
for (const [name, file] of Object.entries(fonts)) copyFileSync(new URL(file, from), new URL(name, to));
