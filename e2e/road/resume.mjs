// A visitor saves a sign-up, goes on with it on another device, and meets what stands before a crowd.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertErrorSummary } from "../lib/axe.mjs";
import { leave, visitor } from "../lib/browser.mjs";
import { choose, codeFor, mailTo, press } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";

/** Fills in the first pages, up to and including the name. */
async function begin(page, address) {
  await page.goto("/nl/zoom/meedoen");
  await press(page, /start/i);
  for (const [name, value] of [["used", "yes"], ["adult", "yes"], ["where", "NL"]]) {
    await choose(page, name, value);
    await press(page, "Verder");
  }
  await page.fill("[name=email]", address);
  await press(page, "Verder");
  await page.fill("[name=code]", await codeFor(address));
  await press(page, "Verder");
  await page.fill("[name=first_names]", "Renée");
  await page.fill("[name=last_name]", "O'Brien-d'Hondt");
  await press(page, "Verder");
}

export function resumeTests(road) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a sign-up goes on on another device, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const address = `${javaScriptEnabled ? "js" : "plain"}.${road.email}`;
      const laptop = await visitor(road.browser, { javaScriptEnabled });
      await begin(laptop, address);
      await laptop.fill("[name=postcode]", "1234ab");
      await press(laptop, "Bewaren en later verdergaan");
      assert.match(await laptop.locator("main").innerText(), /bewaard[^]*U kunt tot[^]*vul uw e-mailadres in/i);
      if (javaScriptEnabled) await sound(laptop, "saved for later");

      const phone = await visitor(road.browser, { javaScriptEnabled, width: 390, height: 780 });
      await phone.goto("/nl/zoom/meedoen");
      await press(phone, "Verdergaan met uw aanmelding");
      if (javaScriptEnabled) {
        await press(phone, "Stuur mij een code");
        await assertErrorSummary(phone, "go on without an address");
        await sound(phone, "go on elsewhere");
      }
      await phone.fill("[name=email]", address);
      await press(phone, "Stuur mij een code");
      if (javaScriptEnabled) await sound(phone, "go on elsewhere, code");
      await phone.fill("[name=code]", await codeFor(address, 1));
      await press(phone, "Verder");
      assert.ok(phone.url().endsWith("/meedoen/adres"), phone.url());
      await phone.goto("/nl/zoom/meedoen/naam");
      assert.equal(await phone.inputValue("[name=last_name]"), "O'Brien-d'Hondt");

      await laptop.goto("/nl/zoom/meedoen/naam");
      assert.ok(laptop.url().endsWith("/meedoen"), "the sign-up has moved to the phone");
      await leave(phone);
      await leave(laptop);
    });
  }

  test("the link beside the code works in the browser that asked, and nowhere else", async () => {
    const address = `link.${road.email}`;
    const page = await visitor(road.browser);
    await page.goto("/nl/mijn/inloggen");
    await page.goto("/nl/zoom/meedoen");
    await press(page, /start/i);
    for (const [name, value] of [["used", "yes"], ["adult", "yes"], ["where", "NL"]]) {
      await choose(page, name, value);
      await press(page, "Verder");
    }
    await page.fill("[name=email]", address);
    await press(page, "Verder");
    const link = new URL((await mailTo(address, /code/i)).match(/https?:\/\/\S+\/mijn\/link\/[A-Z2-7]+/)[0]).pathname;
    const other = await visitor(road.browser);
    await other.goto(link);
    assert.match(await other.locator("h1").innerText(), /typ de code/i);
    await sound(other, "link in another browser");
    await leave(other);
    await page.goto(link);
    await sound(page, "link");
    await press(page, "Bevestig mijn adres");
    assert.ok(page.url().endsWith("/meedoen/naam"), page.url());
    await leave(page);
  });

  test("a browser solves what stands before a crowd by itself, and what was typed stays", async () => {
    const address = `crowd.${road.email}`;
    const page = await visitor(road.browser);
    for (let times = 1; times <= 3; times++) {
      await page.goto("/nl/mijn/inloggen");
      await page.fill("[name=email]", address);
      await page.locator("main").getByRole("button", { name: "Stuur mij een code" }).click();
      await page.waitForURL(/\/mijn\/code$/); // the third time there is a page in between
    }
    const plain = await visitor(road.browser, { javaScriptEnabled: false });
    const again = `plain.${address}`;
    for (let times = 1; times <= 3; times++) {
      await plain.goto("/nl/mijn/inloggen");
      await plain.fill("[name=email]", again);
      await press(plain, "Stuur mij een code");
    }
    assert.match(await plain.locator("h1").innerText(), /ogenblik/i);
    await press(plain, "Neem een plek in de rij");
    assert.match(await plain.locator("main").innerText(), /U staat in de rij[^]*seconden/);
    await press(plain, "Verder");
    assert.match(await plain.locator("main").innerText(), /U staat in de rij/);
    await leave(plain);
    await leave(page);
  });

  test("the helper shows both fees for any amount, without JavaScript", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await visitor(road.browser, { javaScriptEnabled });
      await page.goto("/nl/zoom/kosten");
      await page.fill("[name=bedrag]", "1.250,50");
      await press(page, "Reken uit");
      assert.match(await page.locator("main").innerText(), /Als u €\s1\.250,50 krijgt[^]*€\s1\.200,50[^]*€\s1\.000,40/);
      if (javaScriptEnabled) await sound(page, "fee helper");
      await page.fill("[name=bedrag]", "1,250.50");
      await press(page, "Reken uit");
      assert.match(await page.title(), /^Fout: /);
      assert.equal(await page.inputValue("[name=bedrag]"), "1,250.50");
      if (javaScriptEnabled) {
        await assertErrorSummary(page, "fee helper");
        await sound(page, "fee helper with an error");
      }
      await leave(page);
    }
  });
}
