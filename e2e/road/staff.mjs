// Staff at work: log-in, register, accounts, the log, and what a role may not see.
import assert from "node:assert/strict";
import { test } from "node:test";
import { download, leave, open, visitor } from "../lib/browser.mjs";
import { choose, mailTo, member, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { totp } from "../lib/totp.mjs";

export function staffTests(road) {
  test("staff log in with a password and a code, and a mistake tells nothing", async () => {
    const page = await visitor(road.browser);
    await open(page, "/nl/beheer/inloggen");
    await page.fill("[name=email]", "register@samenclaim.example");
    await page.fill("[name=password]", "verkeerd wachtwoord");
    await press(page, /verder|inloggen/i);
    assert.match(await page.title(), /^Fout: /);
    await sound(page, "staff, log-in with an error");
    await page.fill("[name=email]", "intake@samenclaim.example");
    await page.fill("[name=password]", "vuurtoren boven zee 47");
    await press(page, /verder|inloggen/i);
    await sound(page, "staff, second step");
    await leave(page);
  });

  test("the register is searched, and a person is only shown for a reason", async () => {
    const page = await member(road, "register");
    await open(page, "/nl/beheer");
    await sound(page, "staff, start");
    await open(page, "/nl/beheer/zoom/register");
    assert.equal(await page.locator("main tbody tr").count(), 50);
    await sound(page, "register");
    await page.fill("[name=term]", road.number);
    await press(page, "Zoeken");
    assert.doesNotMatch(page.url(), new RegExp(road.number));
    assert.equal(await page.locator("main tbody tr").count(), 1);
    await sound(page, "register, found");
    await press(page, road.number);
    const masked = await words(page);
    assert.doesNotMatch(masked, new RegExp(road.last));
    await sound(page, "participation, masked");
    await page.selectOption("[name=reason]", "call");
    await press(page, "Gegevens tonen");
    assert.match(await words(page), new RegExp(road.last));
    await sound(page, "participation");
    const evidence = await page.locator("main a[href*='/bewijs/']").last().getAttribute("href");
    await open(page, evidence);
    await page.locator("main figure img").first().evaluate((picture) => { picture.loading = "eager"; return picture.decode(); });
    await sound(page, "evidence");
    assert.equal((await download(page, evidence.replace(/\/bekijken$/, ""))).subarray(0, 5).toString(), "%PDF-");
    await open(page, `/nl/beheer/zoom/deelname/${road.number}/e-mailadres`);
    await sound(page, "participation, lost address");
    await open(page, "/nl/beheer/zoom/meerderjarig");
    await sound(page, "who came of age");
    await open(page, `/nl/beheer/zoom/deelname/${road.number}/vertegenwoordiging`);
    await sound(page, "who represents somebody");
    await open(page, "/nl/beheer/zoom/meerderjarig");
    await sound(page, "who came of age");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.goto("/nl/beheer/zoom/register").then(() => page.getByRole("button", { name: /^Register downloaden/ }).click()),
    ]);
    assert.match(file.suggestedFilename(), /\.csv$/);
  });

  test("the participant can see who looked, and why", async () => {
    await open(road.page, `${road.home}/gegevens`);
    assert.match(await words(road.page), /registerbeheer/i);
    await sound(road.page, "my case, data that were looked at");
  });

  test("the administrator invites somebody, who sets a password and a second step", async () => {
    const page = await member(road, "admin");
    const address = `nieuw.${Date.now()}@samenclaim.example`;
    await open(page, "/nl/beheer/medewerkers");
    await press(page, "Uitnodigen");
    await sound(page, "accounts, with an error");
    await page.fill("[name=name]", "Nieuwe Collega");
    await page.fill("[name=email]", address);
    await choose(page, "roles", "intake");
    await press(page, "Uitnodigen");
    await sound(page, "accounts");
    const [link] = (await mailTo(address)).match(/https?:\/\/[^"\s<]+\/uitnodiging\/[^"\s<]+/);
    const guest = await visitor(road.browser);
    await open(guest, link);
    await sound(guest, "invitation");
    const secret = (await words(guest)).match(/(?:[A-Z2-7]{4} ){3,}[A-Z2-7]{1,4}/)[0];
    await guest.fill("[name=password]", "zeven schapen op de dijk");
    await guest.fill("[name=again]", "zeven schapen op de dijk");
    await guest.fill("[name=code]", totp(secret));
    await press(guest, "Opslaan");
    assert.match(guest.url(), /\/inloggen|\/beheer/);
    await leave(guest);
    await open(page, "/nl/beheer/medewerkers");
    await page.locator("main tr").filter({ hasText: address }).getByRole("link", { name: /^Sluiten/ }).click();
    await sound(page, "accounts, close");
    await press(page, "Account sluiten");
    assert.match(await page.locator("main tr").filter({ hasText: address }).innerText(), /gesloten/i);
  });

  test("a role sees only what it may, and the log knows what happened", async () => {
    const page = await member(road, "privacy");
    await open(page, "/nl/beheer/boeken", 403);
    await sound(page, "forbidden");
    await open(page, "/nl/beheer/logboek");
    assert.match(await words(page), /Ondertekend|Medewerker ingelogd/);
    await sound(page, "log");
  });
}
