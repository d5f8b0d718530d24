// Every page of the road is looked at in both sizes and both themes, on a copy, while the road goes on.
import { assertAccessible, assertNoSidewaysScroll } from "./axe.mjs";
import { screenshot } from "./browser.mjs";
import { copyOf, mirror } from "./copy.mjs";
import { assertRoomForText, assertStructure, assertTargets } from "./structure.mjs";

// A picture of every page in every state is kept in e2e/out, narrow and light, and wide and dark. All four, and
// sharp: PICTURES=1 npm --prefix e2e test. None: PICTURES=0
const pictures = process.env.PICTURES;
const pictured = (width, colorScheme) => pictures === "1" || (pictures !== "0" && (width === 320) === (colorScheme === "light"));

// What the dark theme can spoil; the rest of a page is the same in both.
const colours = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };

const views = [320, 1280].flatMap((width) => ["light", "dark"].map((colorScheme) => ({ width, height: 900, colorScheme })));

/**
 * Somebody who looks at copies of pages, one after another, wide and narrow, light and dark: well
 * built, axe finds nothing, nothing sticks out or is cut off. Called with a copy, it answers what is wrong.
 */
function lookout(browser) {
  const mirrors = Promise.all(views.map(async (view) => ({ ...view, ...(await mirror(browser, view)) })));
  let last = Promise.resolve();
  return (copy, name) => {
    last = last.then(async () => {
      const ends = await Promise.allSettled((await mirrors).map((one) => examineIn(one, copy, name)));
      return ends.filter((end) => end.reason).map((end) => told(end.reason));
    });
    return last;
  };
}

const told = ({ message, actual }) => (Array.isArray(actual) ? `${message}: ${actual.join("; ")}` : message);

async function examineIn({ page, show, width, colorScheme }, copy, name) {
  const where = `${name} at ${width}, ${colorScheme}`;
  await show(copy);
  if (pictured(width, colorScheme)) await screenshot(page, `${name} ${width} ${colorScheme}`, pictures === "1" ? "png" : "jpeg");
  if (colorScheme === "dark") return (await page.evaluate(newWords)) && assertAccessible(page, where, colours);
  await assertNoSidewaysScroll(page, where);
  await assertTargets(page, where);
  if (width === 320) await assertRoomForText(page, name);
  else await assertStructure(page, name);
  return assertAccessible(page, where);
}

// Runs in the page: whether there are words in a place with other tags, classes or states than any before. No
// style of ours gives a colour by anything else, so that elsewhere words have the colours that were looked at.
function newWords() {
  window.places ??= new Set();
  const states = (e) => [...e.attributes].map(({ name, value }) => (/^(class|type|role|color|aria-(?!.*(label|describedby|controls)).*)$/.test(name) ? `${name}=${value}` : name));
  const place = (e) => (e ? `${place(e.parentElement)} ${e.tagName}[${states(e)}]` : "");
  const worded = (e) => e.matches("input, select, textarea") || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  const before = window.places.size;
  for (const e of document.body.querySelectorAll("*")) if (worded(e) && e.checkVisibility()) window.places.add(place(e));
  return window.places.size > before;
}

const lookouts = new WeakMap();

/** What is wrong with the copy of a page, once it is its turn. */
export function faultsOf(browser, copy, name) {
  if (!lookouts.has(browser)) lookouts.set(browser, lookout(browser));
  return lookouts.get(browser)(copy, name);
}

const looks = [];

/** Has the page looked at as it stands now, while the road goes on; what is wrong is among the findings. */
export async function sound(page, name) {
  const copy = await copyOf(page);
  looks.push(faultsOf(page.context().browser(), copy, name));
}

/** Waits until every page is looked at; how many there were, and what is wrong with them. */
export async function findings() {
  const faults = await Promise.all(looks);
  return { pages: looks.length, faults: faults.flat() };
}
