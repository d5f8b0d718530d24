// Starts the browser and gives pages of the sizes and colours that we promise to work in.
import { existsSync, mkdirSync } from "node:fs";
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

// Debian's Chromium, without the windows of a desktop where that is installed: it does the same in a third of the time.
const programs = [process.env.CHROMIUM_PATH, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Starts Chromium; close it with browser.close(). */
export function launch() {
  return chromium.launch({ executablePath: programs.find((path) => path && existsSync(path)), args: quiet });
}

const free = new Map(); // pages that nobody uses, by their kind
const kinds = new WeakMap();

/**
 * A fresh visitor: no cookies, one size, one theme. Options: width (1280), height, colorScheme
 * ("light"), javaScriptEnabled (true), locale ("nl-NL"), baseURL. Ends with leave(page).
 */
export async function visitor(browser, options = {}) {
  const { width = 1280, height = width < 600 ? 640 : 900, ...rest } = options;
  const kind = JSON.stringify({ width, height, ...rest });
  const page = free.get(kind)?.pop() || (await newPage(browser, { viewport: { width, height }, ...rest }));
  kinds.set(page, kind);
  return page;
}

/** The visitor leaves; what that browser knows is wiped, and the next one who wants the same gets it. */
export async function leave(page) {
  const kind = kinds.get(page);
  const { width, height } = JSON.parse(kind);
  await page.goto("about:blank");
  await page.context().clearCookies();
  await page.setViewportSize({ width, height });
  free.set(kind, [...(free.get(kind) || []), page]);
}

async function newPage(browser, options) {
  const context = await browser.newContext({
    baseURL,
    colorScheme: "light",
    locale: "nl-NL",
    timezoneId: "Europe/Amsterdam",
    reducedMotion: "reduce",
    ...options,
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

/** Writes a picture of the whole page to e2e/out, as NAME.png or NAME.jpeg, and returns its path. */
export async function screenshot(page, name, type = "png") {
  mkdirSync(out, { recursive: true });
  const path = `${out}${name.replaceAll(/[^a-z0-9-]+/gi, "-")}.${type}`;
  await page.screenshot({ path, type, ...(type === "jpeg" && { quality: 50 }), fullPage: true, caret: "initial" }); // hiding it would write styles into the page
  return path;
}
