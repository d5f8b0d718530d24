// Who comes too late: the price before anything is asked, the advance, and the supplementary letter; and who was kept from signing by an outage.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, open, visitor } from "../lib/browser.mjs";
import { choose, mailTo, member, participant, press, settled, until, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { sendLetter } from "./letter.mjs";
import { draft } from "./lost.mjs";
import { prepay } from "./mycase.mjs";
import { signUp } from "./visitor.mjs";

const slug = "te-laat"; // who is late pays € 20,00 ahead

/** Proposes, approves and sends a supplementary letter. */
async function sendSupplement(road, letter) {
  const [lawyer, board, second] = [await member(road, "lawyer"), await member(road, "board"), await member(road, "board2")];
  await open(lawyer, letter);
  await press(lawyer, "Voorstellen om te versturen");
  await open(board, letter);
  await press(board, "Goedkeuren");
  await open(second, letter);
  await press(second, "Vastleggen en versturen");
}

const clock = (minutesAgo) => {
  const at = new Date(Date.now() - minutesAgo * 60_000).toLocaleString("sv-SE", { timeZone: "Europe/Amsterdam" });
  return [at.slice(0, 10), at.slice(11, 16)];
};

/** The tests of coming late, and of outages. */
export function lateTests(road) {
  const early = { email: `early.${road.email}`, first: "Vera", last: "Vroeg" };
  const late = { email: `late.${road.email}`, first: "Lars", last: "Laat" };

  test("the page says what coming late means, before and after the first letter", async () => {
    const page = await visitor(road.browser);
    await open(page, "/nl/zonder-feiten/meedoen"); // a sign-up that an outage keeps from being finished
    await press(page, /start/i);
    await choose(page, "used", "yes");
    await press(page, "Verder");
    road.begun = clock(0)[1];
    await open(page, `/nl/${slug}`);
    assert.match(await words(page), /Is de brief weg\? Dan kunt u nog meedoen[^]*U betaalt dan €\s20,00 vooruit/);
    await open(page, `/nl/${slug}/kosten`);
    assert.match(await words(page), /U betaalt dan €\s20,00 vooruit/);
    await signUp(page, slug, early);
    const lawyer = await member(road, "lawyer");
    await sendLetter(road, slug, await draft(lawyer, slug));
    await open(page, `/nl/${slug}`);
    assert.match(await words(page), /De eerste brief is weg[^]*U betaalt €\s20,00 vooruit/);
    await sound(page, "claim, after the first letter");
    await open(page, `/en/${slug}`);
    assert.match(await words(page), /You pay €\s20.00 in advance/);
    await sound(page, "claim in English, after the first letter");
    await leave(page);
  });

  test("who is late sees the price before anything is asked, pays it, and comes in the supplementary letter", async () => {
    const page = await visitor(road.browser);
    await open(page, `/nl/${slug}/meedoen`);
    assert.match(await words(page), /U betaalt €\s20,00 vooruit, omdat de eerste brief al weg is/);
    await sound(page, "sign-up, start, late");
    await signUp(page, slug, late, async (name) => {
      if (name === "vergoeding" || name === "controle" || name === "ondertekenen") {
        assert.match(await words(page), /U betaalt €\s20,00 vooruit/, name);
        await sound(page, `sign-up, ${name}, late`);
      }
    });
    assert.match(await words(page), /U moet nog betalen[^]*€\s20,00/);
    await sound(page, "sign-up, done, late");
    await mailTo(late.email, /u doet mee/i);
    await leave(page);

    const mine = await participant(road.browser, late.email);
    const home = new URL(mine.url()).pathname;
    assert.match(await words(mine), /zodra uw (vooruit)?betaling/);
    await sound(mine, "my case, late and not paid");
    await open(mine, `${home}/betalen`);
    assert.match(await words(mine), /Betaal €\s20,00 vooruit[^]*gaat dit bedrag van onze vergoeding af/);
    await sound(mine, "my case, advance to pay");
    await prepay(mine, home, "Betaald");
    await settled(mine, `${home}/betalen`, /U hebt €\s20,00 vooruit betaald[^]*later van onze vergoeding af/);
    await sound(mine, "my case, advance paid");
    await mailTo(late.email, /betaling is binnen/i);

    const lawyer = await member(road, "lawyer");
    await sendSupplement(road, await draft(lawyer, slug));
    await until("the mail about the supplementary letter", async () => (await mailTo(late.email, /brief/i)).length > 0);
    await open(mine, `${home}/documenten`);
    assert.match(await words(mine), /U staat in brief 2/);
    await sound(mine, "my case, in the supplementary letter");
    await leave(mine);
  });

  test("an outage is entered by one, seen by another, and who was held up is let in", async () => {
    await until("a minute since somebody began to sign up", () => clock(0)[1] !== road.begun);
    const [register, board] = [await member(road, "register"), await member(road, "board")];
    await open(register, "/nl/beheer/storingen");
    await press(register, "Invoeren");
    assert.match(await register.title(), /^Fout: /);
    await sound(register, "outages, with an error");
    const [from, to] = [clock(20), clock(0)];
    for (const [name, value] of Object.entries({ from_date: from[0], from_time: from[1], to_date: to[0], to_time: to[1], reason: "De verbinding lag eruit." })) await register.fill(`[name=${name}]`, value);
    await press(register, "Invoeren");
    assert.match(await words(register), /Wacht op een tweede persoon[^]*U voerde deze storing in/);
    assert.equal(await register.getByRole("button", { name: "Goedkeuren" }).count(), 0, "who enters an outage can approve it");
    await sound(register, "outages, entered by oneself");
    await open(board, "/nl/beheer/storingen");
    await sound(board, "outages, to approve");
    await press(board, "Goedkeuren");
    assert.match(await words(board), /Telt mee/);
    await open(register, "/nl/beheer/storingen");
    await sound(register, "outages, with drafts");
    await press(register, "Laat ze allemaal toe als op tijd");
    assert.match(await words(register), /toegelaten/);
  });

  test("the privacy officer keeps who works with people's data, and the public account tells it", async () => {
    const page = await member(road, "privacy");
    await open(page, "/nl/beheer/verwerkers");
    assert.match(await words(page), /Mollie B\.V\./);
    await sound(page, "processors");
    await page.fill("[name=name]", "Papierwolf B.V.");
    await press(page, "Opschrijven");
    assert.match(await page.title(), /^Fout: /);
    assert.equal(await page.inputValue("[name=name]"), "Papierwolf B.V.");
    await sound(page, "processors, with an error");
    await page.selectOption("[name=country]", "BE");
    for (const [name, value] of Object.entries({ purpose_nl: "papier vernietigen", purpose_en: "shredding paper", checked: "2026-01-05" })) await page.fill(`[name=${name}]`, value);
    await press(page, "Opschrijven");
    const reader = await visitor(road.browser);
    await open(reader, "/en/fitband/verantwoording");
    assert.match(await words(reader), /Papierwolf B\.V\.[^]*Belgium[^]*shredding paper/);
    await leave(reader);
  });
}
