// What axe doesn't look at: how a page is built, what can be hit with a finger, and text that takes more room (W2, W5-W8, W11).
import assert from "node:assert/strict";
import { routeOf } from "./routes.mjs";

// The values that a browser needs to fill in somebody's own data, by the name of the field.
const completions = {
  email: /^(email|username)( webauthn)?$/, code: /^one-time-code$/, first_names: /^given-name$/, infix: /^additional-name$/, last_name: /^family-name$/,
  postcode: /^postal-code$/, city: /^address-level2$/, password: /^(current|new)-password/, again: /^new-password/,
};
// Where those fields are about whoever fills them in, and not about a child or a colleague.
const own = /\/meedoen\/(e-mail|code|naam|adres|verder)|\/gegevens\/aanpassen|\/inloggen/;

const titles = new Map();
let helpAt;

/** Fails when the page isn't built as every page is. */
export async function assertStructure(page, where = page.url()) {
  const path = new URL(page.url()).pathname;
  const found = await page.evaluate(built);
  const lang = path.match(/^\/(?:demo\/)?(nl|en)(?:\/|$)/)?.[1];
  if (lang && found.lang !== lang) found.faults.push(`lang is ${found.lang}, want ${lang}`);
  for (const [name, value] of own.test(path) ? found.fields : []) {
    if (completions[name] && !completions[name].test(value)) found.faults.push(`${name} has autocomplete "${value}"`);
  }
  if (!path.startsWith("/demo")) {
    helpAt ??= found.help;
    if (found.help !== helpAt) found.faults.push(`help is at ${found.help}, and elsewhere at ${helpAt}`);
    note(found.title, path);
  }
  assert.deepEqual(found.faults, [], where);
}

// A title is that of one page: what differs between two addresses of a route is only whose case or which file it is.
function note(title, path) {
  const route = routeOf(path)?.replace(/^.*\/code$/, "a code is asked")
    .replace(/\/mijn\/overname\/:token$/, "/:slug/meedoen/e-mail").replace("/mijn/overname/:token", "/:slug/meedoen"); // who takes over is asked what a newcomer is asked
  const name = title.replace(/^(Fout|Error): /, "");
  if (route) titles.set(name, (titles.get(name) || new Set()).add(route));
}

/** The titles that two pages share. */
export const sharedTitles = () => [...titles].filter(([, routes]) => routes.size > 1).map(([title, routes]) => `${title}: ${[...routes].join(", ")}`);

// Runs in the page.
function built() {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}.${e.getAttribute("class") || ""} "${(e.textContent || "").trim().slice(0, 30)}"`;
  if (!document.title.trim()) faults.push("there is no title");
  if (all("h1").length !== 1) faults.push(`${all("h1").length} h1`);
  let level = 0;
  for (const h of all("main h1, main h2, main h3, main h4, main h5, main h6")) {
    const now = Number(h.tagName[1]);
    if (now > level + 1 && level) faults.push(`h${now} after h${level}: ${say(h)}`);
    level = now;
  }
  for (const e of all("meta[http-equiv=refresh i], style, script:not([src]), [style]")) faults.push(`not allowed: ${say(e)}`);
  for (const e of all("*")) for (const a of e.attributes) if (/^on/i.test(a.name)) faults.push(`${a.name} on ${say(e)}`);
  const fields = all("main input:not([type=hidden])").map((e) => [e.name, e.getAttribute("autocomplete") || ""]);
  const steps = [];
  for (let e = document.querySelector(".footer-help"); e; e = e.parentElement) steps.unshift(`${e.tagName.toLowerCase()}.${e === document.body ? "" : e.className}`);
  const help = steps.join(" > "); // what stands in it depends on whether there is a claim to ask about
  return { faults, fields, help, lang: document.documentElement.lang, title: document.title };
}

/** Fails when something to press is smaller than 24 by 24 pixels and has too little room around it (2.5.8). */
export async function assertTargets(page, where = page.url()) {
  assert.deepEqual(await page.evaluate(smallTargets), [], `${where}: too small to hit`);
}

// Runs in the page.
function smallTargets() {
  const inline = (e) => getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  const label = (e) => (/^(radio|checkbox)$/.test(e.type || "") && e.labels?.[0]) || e;
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .map((e) => ({ e, box: label(e).getBoundingClientRect() }))
    .filter(({ e, box }) => e.checkVisibility() && box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && !inline(e));
  const small = ({ box }) => box.width < 23.9 || box.height < 23.9;
  const middle = ({ box }) => [box.x + box.width / 2, box.y + box.height / 2];
  const near = (a, b) => {
    const [x, y] = middle(a);
    if (small(b)) return Math.hypot(x - middle(b)[0], y - middle(b)[1]) < 24;
    return Math.hypot(x - Math.max(b.box.left, Math.min(x, b.box.right)), y - Math.max(b.box.top, Math.min(y, b.box.bottom))) < 12;
  };
  return targets.filter((a) => small(a) && targets.some((b) => b !== a && !a.e.contains(b.e) && !b.e.contains(a.e) && near(a, b)))
    .map(({ e, box }) => `${e.tagName.toLowerCase()} "${(e.textContent || e.name).trim().slice(0, 30)}" ${Math.round(box.width)}x${Math.round(box.height)}`);
}

/** Fails when words are cut off once a reader sets more space between lines, words and letters (1.4.12). */
export async function assertRoomForText(page, where = page.url()) {
  assert.deepEqual(await page.evaluate(cutOff), [], `${where}: cut off with more space in the text`);
}

// Runs in the page; a style sheet made by script is allowed where one in the page isn't.
function cutOff() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const cut = [];
  const seen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > seen) cut.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const e of document.querySelectorAll("body *")) {
    const { overflowX, overflowY, clipPath } = getComputedStyle(e);
    if (e.clientWidth <= 1 || clipPath !== "none" || !e.textContent.trim() || e.closest("svg")) continue;
    const hides = (flow) => flow === "hidden" || flow === "clip";
    if ((hides(overflowX) && e.scrollWidth > e.clientWidth + 1) || (hides(overflowY) && e.scrollHeight > e.clientHeight + 1)) {
      cut.push(`${e.tagName.toLowerCase()}.${e.className} "${e.textContent.trim().slice(0, 30)}"`);
    }
  }
  document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
  return cut;
}
