// What a page looks like on paper: what is read, and nothing that can only be pressed.
import assert from "node:assert/strict";

/** Fails when a printed page shows menus or buttons, hides what is folded up, isn't black on white, or is wider than its sheet. */
export async function assertPaper(page, where = page.url()) {
  const size = page.viewportSize();
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 643, height: 979 }); // A4 without its margins
  const faults = await page.evaluate(() => {
    const say = (e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.textContent || "").trim().slice(0, 40)}"`;
    const shown = (e) => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && e.getClientRects().length > 0;
    const faults = matchMedia("print").matches ? [] : ["this isn't paper"];
    for (const e of document.querySelectorAll("nav, button, .button, .actions, .flash, .demo, .site-footer, input:not([type=hidden], [type=checkbox]), textarea, select")) {
      if (shown(e) && !e.closest(".page-letter form")) faults.push(`can only be pressed: ${say(e)}`);
    }
    for (const e of document.querySelectorAll("details > *")) if (!shown(e)) faults.push(`folded up: ${say(e)}`);
    const light = (colour) => {
      const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
      return a === 0 ? 255 : 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    if (light(getComputedStyle(document.body).backgroundColor) < 250) faults.push("the sheet isn't white");
    for (const e of document.querySelectorAll("body *")) {
      const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
      if (own && shown(e) && !e.closest(".sr-only, .skip, svg") && light(getComputedStyle(e).color) > 110) faults.push(`pale: ${say(e)} ${getComputedStyle(e).color}`);
    }
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over > 1) faults.push(`${over} pixels beside the sheet`);
    if (!document.querySelector("main h1") || !shown(document.querySelector("main h1"))) faults.push("no heading");
    return faults;
  });
  const pdf = await page.pdf({ preferCSSPageSize: true, tagged: true });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(size);
  assert.deepEqual(faults, [], `${where}: on paper`);
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-", where);
}
