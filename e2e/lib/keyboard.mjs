// Somebody who has only a keyboard.
import assert from "node:assert/strict";

/** Presses Tab until something in the page that fits has the focus. */
export async function tabTo(page, selector) {
  for (let n = 0; n < 250; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`${page.url()}: Tab never reaches ${selector}`);
}

/** Presses Enter and waits for the page that follows. */
export const enter = (page) => Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);

/**
 * Fills in the form of the page with Tab, Space, arrows and letters only, and sends it with Enter on the
 * button whose words fit. What isn't in the answers stays as it is.
 */
export async function fillByKeyboard(page, answers, words) {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return { in: Boolean(e.closest("main")), tag: e.tagName, type: e.type, name: e.name, value: e.value, checked: e.checked, words: e.textContent.trim() };
    });
    if (!at.in) continue;
    if (/^(BUTTON|A)$/.test(at.tag) && words.test(at.words)) return enter(page);
    if (!(at.name in answers)) continue;
    if (at.type === "checkbox") {
      if (!at.checked) await page.keyboard.press("Space");
    } else if (at.type === "radio") {
      await pick(page, answers[at.name]);
    } else if (at.tag === "INPUT" && !at.value) {
      await page.keyboard.type(answers[at.name]);
    }
  }
  return assert.fail(`${page.url()}: Tab never reaches ${words}`);
}

// In a group of radio buttons Space takes the first and the arrows the others.
async function pick(page, value) {
  const now = () => page.evaluate(() => document.activeElement.checked && document.activeElement.value);
  if (!(await now())) await page.keyboard.press("Space");
  for (let n = 0; n < 12 && (await now()) !== value; n++) await page.keyboard.press("ArrowDown");
  assert.equal(await now(), value, page.url());
}

/**
 * Walks over the whole page with Tab (W4): everything that can be used is reached once, from top to bottom, with
 * a mark that can be seen, and nothing lies over it.
 */
export async function assertTabWalk(page, where = page.url()) {
  await page.evaluate(() => { window.scrollTo(0, 0); document.activeElement.blur(); window.walked = []; });
  const faults = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const step = await page.evaluate(stand);
    faults.push(...step.faults);
    if (step.over) break;
  }
  assert.deepEqual([...faults, ...(await page.evaluate(notWalked))], [], `${where}: with the Tab key`);
}

// Runs in the page, after each Tab.
function stand() {
  const e = document.activeElement;
  if (e.type === "date" && e === window.walked.at(-1)) return { over: false, faults: [] }; // its day, month and year each take a Tab
  if (e === document.body || e === document.documentElement || !e || window.walked.includes(e)) {
    const again = e && e !== window.walked[0] && window.walked.includes(e);
    return { over: true, faults: again ? [`${e.tagName} has the focus again`] : [] };
  }
  const say = (x) => `${x.tagName.toLowerCase()} "${(x.textContent || x.name || "").trim().slice(0, 30)}"`;
  const faults = [];
  const box = (/^(radio|checkbox)$/.test(e.type || "") && e.labels?.[0] ? e.labels[0] : e).getBoundingClientRect();
  const around = [e, e.labels?.[0], e.nextElementSibling, e.parentElement].filter(Boolean).map((x) => [getComputedStyle(x), getComputedStyle(x, "::before")]).flat();
  if (!e.matches(":focus-visible") || !around.some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none")) faults.push(`no mark on ${say(e)}`);
  const lines = [...e.getClientRects()];
  const line = lines.length > 1 && box.width ? lines[0] : box; // a link over two lines has a middle of its own
  const x = Math.min(Math.max(line.x + line.width / 2, 0), innerWidth - 1);
  const y = (Math.max(line.top, 0) + Math.min(line.bottom, innerHeight)) / 2; // of what is in sight
  const top = document.elementFromPoint(x, y);
  if (!top || !(e.contains(top) || top.contains(e) || e.labels?.[0]?.contains(top))) faults.push(`${say(e)} is covered by ${top ? say(top) : "nothing, it is out of sight"}`);
  const place = { top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left, right: box.right, part: e.closest("header, nav, main, footer, aside") };
  const last = window.lastPlace;
  if (window.walked.length && last.part === place.part) {
    if (place.bottom <= last.top && place.left < last.right) faults.push(`${say(e)} comes after what stands under it`);
    if (place.right <= last.left && place.top < last.bottom - 1 && place.bottom > last.top + 1) faults.push(`${say(e)} comes after what stands to the right of it`);
  }
  window.lastPlace = place;
  window.walked.push(e);
  return { over: false, faults };
}

// Runs in the page: what the walk didn't come by.
function notWalked() {
  const group = (e) => window.walked.some((w) => w.type === "radio" && w.name === e.name && w.form === e.form);
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && !window.walked.includes(e) && !(e.type === "radio" && group(e)))
    .map((e) => `not reached: ${e.tagName.toLowerCase()} "${(e.textContent || e.name).trim().slice(0, 30)}"`);
}
