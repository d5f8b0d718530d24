// Every page of the road is looked at in both sizes and both themes.
import { assertAccessible, assertNoSidewaysScroll } from "./axe.mjs";
import { screenshot } from "./browser.mjs";
import { assertRoomForText, assertStructure, assertTargets } from "./structure.mjs";

// Pictures of every page in both sizes and themes, in e2e/out: PICTURES=1 npm --prefix e2e test
const pictures = Boolean(process.env.PICTURES);

// What the dark theme can spoil; the rest of a page is the same in both.
const colours = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };

const looked = new Map();

/** Looks at the page as it stands, wide and narrow, light and dark: well built, axe finds nothing, nothing sticks out or is cut off. */
export async function sound(page, name) {
  const began = performance.now();
  const size = page.viewportSize();
  await assertStructure(page, name);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await assertNoSidewaysScroll(page, `${name} at ${width}`);
    await assertTargets(page, `${name} at ${width}`);
    if (width === 320) await assertRoomForText(page, name);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (pictures) await screenshot(page, `${name} ${width} ${colorScheme}`);
      await assertAccessible(page, `${name} at ${width}, ${colorScheme}`, colorScheme === "dark" ? colours : {});
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(size);
  looked.set(name, performance.now() - began);
}

/** How many pages were looked at, and how many seconds that took. */
export function looks() {
  const took = [...looked.values()].reduce((sum, one) => sum + one, 0);
  return { pages: looked.size, seconds: Math.round(took / 1000) };
}
