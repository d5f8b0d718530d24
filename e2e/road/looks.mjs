// Pages on which nothing changes from day to day, as they look on a desk, a telephone and in the dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, open, visitor } from "../lib/browser.mjs";
import { press } from "../lib/demo.mjs";
import { assertPicture } from "../lib/picture.mjs";

const pages = [
  ["mandate", "/nl/zoom/tekst/mandate"],
  ["start", "/nl/zoom/meedoen"],
  ["cannot", "/nl/zoom/meedoen/kan-niet/jonger"],
  ["login", "/en/mijn/inloggen"],
  ["staff-login", "/nl/beheer/inloggen"],
];
const kinds = [["desk", { width: 1000, height: 640 }], ["phone", { width: 320 }], ["dark", { width: 320, colorScheme: "dark" }]];

export function looksTests(road) {
  test("pages look as when somebody looked at them and found them good", async () => {
    for (const [kind, options] of kinds) {
      const page = await visitor(road.browser, options);
      for (const [name, path] of pages) {
        await open(page, path);
        await assertPicture(page, `${name}-${kind}`);
      }
      await open(page, "/nl/mijn/inloggen");
      await press(page, /code/i);
      await page.locator(".error-summary:focus").waitFor(); // the focus comes when the page is drawn
      await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
      await assertPicture(page, `error-${kind}`);
      await leave(page);
    }
  });

  test("a page that lost a button does not look as it did", { skip: Boolean(process.env.UPDATE_PICTURES) }, async () => {
    const page = await visitor(road.browser, { width: 320 });
    await open(page, "/nl/beheer/inloggen");
    await page.evaluate(() => document.querySelector("main button").remove());
    await assert.rejects(assertPicture(page, "staff-login-phone"), /looks otherwise/);
    await leave(page);
  });
}
