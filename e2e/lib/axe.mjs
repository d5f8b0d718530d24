// Looks for faults that keep people with a disability out: WCAG 2.2 AA by axe, and no sideways scrolling.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const rules = {
  preload: false, // our own style sheets are read as they are
  resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "target-size": { enabled: true } },
};

/** Returns what axe finds wrong with the page as it stands now, and how many rules it was in order with. */
async function examine(page, options) {
  // evaluated by the test tool, so the page's own security policy stays as it is
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(async (config) => {
    const { violations, passes } = await window.axe.run(document, config);
    return { violations, passed: passes.length };
  }, { ...rules, ...options });
}

/** Fails when axe finds anything, and says what and where. */
export async function assertAccessible(page, where = page.url(), options = {}) {
  const { violations, passed } = await examine(page, options);
  assert.ok(passed > 0, `${where}: axe looked at nothing`);
  const found = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id} (${rule.impact}) ${node.target.join(" ")}\n    ${node.failureSummary?.replaceAll("\n", "\n    ")}`),
  );
  assert.equal(found.length, 0, `${where}: ${found.length} accessibility faults\n  ${found.join("\n  ")}`);
}

/** Fails when the page has to be scrolled sideways to be read. */
export async function assertNoSidewaysScroll(page, where = page.url()) {
  const { wide, seen, widest } = await page.evaluate(() => {
    const seen = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    const widest = wide > seen
      ? [...document.body.querySelectorAll("*")]
        .filter((e) => e.getBoundingClientRect().right > seen + 1 && !e.closest(".table-frame"))
        .slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""}`)
      : [];
    return { wide, seen, widest };
  });
  assert.ok(wide <= seen, `${where}: ${wide} px wide in a window of ${seen} px: ${widest.join(", ")}`);
}

/** Fails when the error summary doesn't have the focus or doesn't lead to the fields it names. */
export async function assertErrorSummary(page, where = page.url()) {
  await page.locator(".error-summary:focus").waitFor({ state: "attached", timeout: 5_000 }).catch(() => {}); // it comes when the page is drawn, not when it is loaded; what is missing is told below
  const faults = await page.evaluate(() => {
    const faults = [];
    if (!document.title.match(/^(Fout|Error):/)) faults.push("the title doesn't begin with the word for an error");
    const summary = document.querySelector(".error-summary");
    if (!summary) return [...faults, "there is no summary"];
    if (document.activeElement !== summary) faults.push("the summary doesn't have the focus");
    for (const link of summary.querySelectorAll("a")) {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) {
        faults.push(`${link.hash} leads nowhere`);
        continue;
      }
      const owner = field.closest("[aria-describedby*='-error']") || field;
      const words = (owner.getAttribute("aria-describedby") || "").split(" ")
        .map((id) => document.getElementById(id)?.textContent || "").join(" ");
      if (!words.includes(link.textContent || "?")) faults.push(`${link.hash} isn't described by: ${link.textContent}`);
    }
    return faults;
  });
  assert.deepEqual(faults, [], `${where}: error summary`);
}
