// Mails with a link of their own, and the last page that somebody sees: another address, no newsletter, everything erased.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, open, visitor } from "../lib/browser.mjs";
import { choose, codeFor, codesSoFar, mailTo, member, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { publish } from "./news.mjs";
import { signUp } from "./visitor.mjs";

/** Opens the link of this shape in the newest such mail to an address, as somebody who is not logged in. */
async function follow(road, address, subject, shape) {
  const page = await visitor(road.browser);
  const [link] = (await mailTo(address, subject)).match(shape);
  await open(page, link);
  return page;
}

/** The tests of mails to road.who, who takes part in the claim that is lost later. */
export function mailLinkTests(road) {
  let number;

  test("who gave permission gets the newsletter, and ends it with one press", async () => {
    const newcomer = await visitor(road.browser);
    number = await signUp(newcomer, "verloren", road.who);
    await leave(newcomer);
    await publish(road, "verloren", { title_nl: "Nieuwsbrief van de lente", body_nl: "Wij schreven een boek.", title_en: "Spring newsletter", body_en: "We wrote a book." }, "newsletter");
    const reader = await follow(road, road.who.email, /^Nieuwsbrief/, /\/nl\/afmelden\/[0-9A-Z]+/);
    await sound(reader, "unsubscribe");
    await press(reader, "Meld mij af");
    assert.match(await words(reader), /U bent afgemeld/);
    await sound(reader, "unsubscribed");
    await reader.reload();
    assert.match(await words(reader), /U bent afgemeld/);
    await leave(reader);
  });

  test("who lost the old address gets another one, once the new one is confirmed", async () => {
    const [register, address] = [await member(road, "register"), `new.${road.who.email}`];
    await open(register, `/nl/beheer/verloren/deelname/${number}/e-mailadres`);
    await press(register, "Vraag het nieuwe adres aan");
    await sound(register, "participation, lost address with an error");
    await register.fill("main [name=email]", address);
    await choose(register, "reason", "in_person");
    await press(register, "Vraag het nieuwe adres aan");
    await sound(register, "participation, lost address asked");
    const reader = await follow(road, address, /^Bevestig/, /\/nl\/mijn\/adres\/[\w-]+/);
    await sound(reader, "another address, to confirm");
    await press(reader, "Bevestig mijn adres");
    assert.match(await words(reader), /Uw nieuwe adres is bevestigd/);
    await sound(reader, "another address, confirmed");
    await press(register, "Stop de aanvraag");
    await reader.reload();
    await leave(reader);
  });
}

/** The test of the end of road.who, to whom nothing is owed any more and who is logged in on road.loser. */
export function erasureTests(road) {
  test("who is owed nothing has everything erased, and cannot log in again", async () => {
    const page = road.loser;
    const home = new URL(page.url()).pathname;
    await open(page, `${home}/stoppen/wissen`);
    await sound(page, "erasure, after a claim that is over");
    await press(page, "Verder met wissen");
    const before = await codesSoFar(road.who.email);
    await press(page, "Stuur mij een code");
    await page.locator("[name=code]").waitFor(); // a third code in a short time takes some work by the browser
    await sound(page, "erasure, code");
    await page.fill("[name=code]", "12345");
    await press(page, "Wis al mijn gegevens");
    await sound(page, "erasure, with an error");
    await page.fill("[name=code]", await codeFor(road.who.email, before));
    await press(page, "Wis al mijn gegevens");
    assert.match(page.url(), /\/mijn\/gewist$/);
    assert.match(await words(page), /Alles is gewist/);
    await sound(page, "erased");
    await page.goto(home);
    assert.match(page.url(), /inloggen/);
    await leave(page);
  });
}
