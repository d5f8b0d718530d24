// Starts the browser and gives pages of the sizes and colours that we promise to work in.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const out = fileURLToPath(new URL("../out/", import.meta.url));

// The browser looks nothing up by itself, so that tests are quiet and need no network.
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Every size and theme that a page is looked at in. */
export const looks = [
  { name: "wide-light", width: 1280, colorScheme: "light" },
  { name: "wide-dark", width: 1280, colorScheme: "dark" },
  { name: "narrow-light", width: 320, colorScheme: "light" },
  { name: "narrow-dark", width: 320, colorScheme: "dark" },
];

/** The address under test: BASE_URL, or the demo's own. */
export const baseURL = process.env.BASE_URL || "http://localhost:8080";

/** Starts Chromium; close it with browser.close(). */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
    args: quiet,
  });
}

/**
 * A fresh visitor: own cookies, one size, one theme. Options: width (1280), height, colorScheme
 * ("light"), javaScriptEnabled (true), locale ("nl-NL"), baseURL. Close with page.context().close().
 */
export async function visitor(browser, options = {}) {
  const { width = 1280, height = width < 600 ? 640 : 900, ...rest } = options;
  const context = await browser.newContext({
    baseURL,
    viewport: { width, height },
    colorScheme: "light",
    locale: "nl-NL",
    timezoneId: "Europe/Amsterdam",
    reducedMotion: "reduce",
    ...rest,
  });
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** Writes a picture of the whole page to e2e/out/NAME.png and returns its path. */
export async function screenshot(page, name) {
  mkdirSync(out, { recursive: true });
  const path = `${out}${name.replaceAll(/[^a-z0-9-]+/gi, "-")}.png`;
  await page.screenshot({ path, fullPage: true });
  return path;
}
