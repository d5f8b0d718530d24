// A reader's own colours and no motion (W10).
import assert from "node:assert/strict";

/** Fails when a field, button or choice loses its border in forced colours, or when something moves though motion is reduced. */
export async function assertPlain(page, where = page.url()) {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const faults = await page.evaluate(() => {
    const say = (e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.textContent || e.name || "").trim().slice(0, 30)}"`;
    const faults = matchMedia("(forced-colors: active)").matches ? [] : ["the colours aren't forced"];
    const bordered = [...document.querySelectorAll("main button, main .button, main select, main textarea, main input:not([type=hidden])")].filter((e) => e.checkVisibility());
    if (bordered.length === 0) faults.push("there is nothing to press");
    for (const e of bordered) {
      // a radio button or box may be drawn by its label
      const drawn = [getComputedStyle(e), ...(e.labels || []).length ? [getComputedStyle(e.labels[0]), getComputedStyle(e.labels[0], "::before")] : []];
      const edge = (s) => s.borderBottomStyle !== "none" && parseFloat(s.borderBottomWidth) >= 1 && !/^rgba.*, 0\)$|transparent/.test(s.borderBottomColor);
      if (!e.matches("[type=file]") && !drawn.some((s) => edge(s) || s.appearance === "auto")) faults.push(`no border: ${say(e)}`);
    }
    for (const e of document.querySelectorAll("body, body *")) {
      const s = getComputedStyle(e);
      const slow = (times) => times.split(",").some((t) => parseFloat(t) > 0.011);
      if (slow(s.transitionDuration) || (s.animationName !== "none" && slow(s.animationDuration)) || s.scrollBehavior === "smooth") faults.push(`moves: ${say(e)}`);
    }
    return faults;
  });
  await page.emulateMedia({ forcedColors: "none" });
  assert.deepEqual(faults, [], `${where}: plain`);
}
