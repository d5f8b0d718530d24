// Starts the browser and gives pages of the sizes and colours that we promise to work in.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { visited } from "./routes.mjs";

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
  context.on("response", (answer) => {
    if (answer.request().method() === "GET" && answer.status() < 400) visited(answer.url());
  });
  return context.newPage();
}

/** Opens a page and fails when it does not answer with this status. */
export async function open(page, path, status = 200) {
  const answer = await page.goto(path);
  if (answer.status() !== status) throw new Error(`${path} answers ${answer.status()}, want ${status}`);
}

/** Downloads a file as the person who is logged in on this page. */
export async function download(page, path) {
  const answer = await page.request.get(path);
  if (!answer.ok()) throw new Error(`${path} answers ${answer.status()}`);
  visited(answer.url());
  return answer.body();
}

/** Writes a picture of the whole page to e2e/out/NAME.png and returns its path. */
export async function screenshot(page, name) {
  mkdirSync(out, { recursive: true });
  const path = `${out}${name.replaceAll(/[^a-z0-9-]+/gi, "-")}.png`;
  await page.screenshot({ path, fullPage: true });
  return path;
}
