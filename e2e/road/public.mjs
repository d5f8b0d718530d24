// What the foundation tells everybody: the public account, mistakes that readers report, corrections.
import assert from "node:assert/strict";
import { test } from "node:test";
import { download, leave, open, visitor } from "../lib/browser.mjs";
import { choose, mailTo, member, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";

/** The tests of the public account of the demo's second claim, of which money was paid out. */
export function publicTests(road) {
  test("everybody reads how a claim stands, and a machine reads the same", async () => {
    const page = await visitor(road.browser);
    await open(page, "/nl/fitband/verantwoording");
    await sound(page, "public account");
    assert.match(await words(page), /Van de tegenpartij/);
    const data = JSON.parse(await download(page, "/nl/fitband/verantwoording.json"));
    assert.equal(data.claim, "fitband");
    assert.ok(data.participations.every(({ count }) => count >= 10), "a small group is told apart");
    const moved = data.money.moved.reduce((sum, { in_cents, out_cents }) => sum + in_cents - out_cents, 0);
    assert.equal(moved, data.money.held_cents);
    await leave(page);
  });

  test("the privacy officer tells everybody about a request for data", async () => {
    const page = await member(road, "privacy");
    await open(page, "/nl/beheer/verstrekkingen");
    await sound(page, "disclosures");
    await page.selectOption("[name=what]", "authority/refused");
    await page.fill("[name=day]", "2026-02-03");
    await page.fill("[name=people]", "1");
    await page.fill("[name=summary_nl]", "Een gemeente vroeg om een adres. Daar was geen wet voor.");
    await press(page, "Zet op de verantwoording");
    await sound(page, "disclosures, with an error");
    await page.fill("[name=summary_en]", "A town asked for an address. No law allowed it.");
    await press(page, "Zet op de verantwoording");
    const reader = await visitor(road.browser);
    await open(reader, "/en/fitband/verantwoording");
    assert.match(await words(reader), /No law allowed it/);
    await leave(reader);
  });

  test("a reader reports a mistake, gets an answer, and everybody sees what was corrected", async () => {
    const [reader, email] = [await visitor(road.browser), `reader.${Date.now()}@lezers.example`];
    await open(reader, "/nl/fitband");
    await open(reader, await reader.locator("footer").getByRole("link", { name: "Fout gezien?" }).getAttribute("href"));
    await sound(reader, "mistake");
    await press(reader, "Verstuur");
    await sound(reader, "mistake, with an error");
    await reader.fill("[name=words]", "Het jaartal klopt niet.");
    await reader.fill("[name=email]", email);
    await press(reader, "Verstuur");
    await sound(reader, "mistake, sent");

    const desk = await member(road, "intake");
    await open(desk, "/nl/beheer/fouten");
    await sound(desk, "mistakes");
    await press(desk, "/fitband");
    await sound(desk, "mistake, for staff");
    await desk.fill("[name=answer]", "U hebt gelijk. Dank u wel.");
    await choose(desk, "wrong", "yes");
    await desk.fill("[name=correction_nl]", "Het jaartal is verbeterd.");
    await desk.fill("[name=correction_en]", "The year was corrected.");
    await press(desk, "Verstuur het antwoord");

    const mail = await mailTo(email, /antwoord/);
    assert.doesNotMatch(mail, /U hebt gelijk/);
    await open(reader, mail.match(/\/nl\/fout-melden\/\w+/)[0]);
    assert.match(await words(reader), /U hebt gelijk/);
    await sound(reader, "mistake, answered");
    await open(reader, "/nl/correcties");
    assert.match(await words(reader), /Het jaartal is verbeterd/);
    await sound(reader, "corrections");
    await leave(reader);
  });
}
