// Staff run the case: register, letter by two people, bank statement, books.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/browser.mjs";
import { member, press, sound } from "./lib/demo.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("the register is searched, and a person is only shown for a reason", async () => {
  const page = await member(browser, "register@samenclaim.example");
  await sound(page, "dashboard");
  await page.goto("/nl/beheer/zoom/register");
  await sound(page, "register");
  assert.equal(await page.locator("main tbody tr").count(), 50);
  const number = (await page.locator("main tbody tr").first().innerText()).match(/ZM-[0-9A-Z-]{9}/)[0];
  await page.fill("[name=term]", number);
  await press(page, /zoek/i);
  assert.doesNotMatch(page.url(), new RegExp(number));
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await press(page, number);
  await sound(page, "participation, masked");
  const masked = await page.locator("main").innerText();
  await page.selectOption("[name=reason]", "call");
  await press(page, /tonen/i);
  assert.notEqual(await page.locator("main").innerText(), masked);
  await sound(page, "participation");
  for (const part of ["zaak", "nieuws", "brieven"]) {
    await page.goto(`/nl/beheer/zoom/${part}`);
    await sound(page, part);
  }
  await page.context().close();
});

test("a role sees only what it may", async () => {
  const page = await member(browser, "intake@samenclaim.example");
  assert.equal((await page.goto("/nl/beheer/boeken")).status(), 403);
  await sound(page, "forbidden");
  await page.context().close();
});
