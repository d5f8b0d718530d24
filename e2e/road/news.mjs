// News: written by one, approved by another, mailed with a pause; and who turns out not to be reached by mail.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { leave, open, visitor } from "../lib/browser.mjs";
import { choose, mailTo, member, messageIDOf, press, settled, words } from "../lib/demo.mjs";
import { samenclaim } from "../lib/program.mjs";
import { sound } from "../lib/sound.mjs";

/** Writes news and has a colleague approve it; look is called with each page and its name. Returns where it is. */
export async function publish(road, slug, texts, kind, look = async () => {}) {
  const [register, lawyer] = [await member(road, "register"), await member(road, "lawyer")];
  await open(register, `/nl/beheer/${slug}/nieuws/nieuw`);
  for (const [name, value] of Object.entries(texts)) await register.fill(`main [name=${name}]`, value);
  await choose(register, "kind", kind);
  await press(register, "Bewaar en bekijk");
  await look(register, "draft");
  const item = new URL(register.url()).pathname;
  await press(register, "Voorstellen");
  assert.equal(await register.getByRole("button", { name: /^Goedkeuren/ }).count(), 0, "who proposes can approve");
  await look(register, "proposed by oneself");
  await open(lawyer, item);
  await look(lawyer, "proposed");
  await press(lawyer, /^Goedkeuren/);
  return item;
}

export function newsTests(road) {
  test("news is written with fields that exist, and a mistake keeps what was typed", async () => {
    const page = await member(road, "register");
    await open(page, "/nl/beheer/fitband/nieuws");
    await sound(page, "news");
    await press(page, "Nieuw bericht");
    await sound(page, "news, form");
    await page.fill("main [name=body_nl]", "Beste {{bsn}}");
    await press(page, "Bewaar en bekijk");
    assert.match(await page.title(), /^Fout: /);
    await sound(page, "news, form with an error");
    assert.equal(await page.inputValue("main [name=body_nl]"), "Beste {{bsn}}");
  });

  test("a second person approves it, the mails are paused and go on, and all have ended", async () => {
    const texts = { title_nl: "Het geld is onderweg", body_nl: "Beste {{naam}}, de bank betaalt deze week.", title_en: "The money is on its way", body_en: "Dear {{name}}, the bank pays this week." };
    const item = await publish(road, "fitband", texts, "all", (page, name) => sound(page, `news, ${name}`));
    const lawyer = await member(road, "lawyer");
    await press(lawyer, "Pauzeren");
    assert.match(await words(lawyer), /Gepauzeerd/);
    await sound(lawyer, "news, paused");
    const reader = await visitor(road.browser);
    await open(reader, "/en/fitband");
    assert.match(await words(reader), /The money is on its way[^]*Dear participant, the bank pays/);
    await leave(reader);
    await press(lawyer, "Verdergaan");
    await settled(lawyer, item, /\bKlaar: ([\d.]+) van \1/);
    await sound(lawyer, "news, finished");
    for (const lang of ["nl", "en"]) await open(lawyer, `${item}/voorbeeld/${lang}`);
    assert.match(await lawyer.content(), /Dear Alex Example/);
    await open(await member(road, "register"), "/nl/beheer/fitband/nieuws");
    await sound(await member(road, "register"), "news, list");
  });

  test("mails of which nobody knows whether they arrived go out once more when somebody says so", async () => {
    const page = await member(road, "register");
    await open(page, "/nl/beheer/onzekere-mails");
    await sound(page, "mails nobody is sure of");
    await page.getByRole("main").getByRole("link", { name: /^Brief verstuurd/ }).click();
    await sound(page, "mails nobody is sure of, once more");
    await press(page, "Opnieuw sturen");
    assert.match(await words(page), /De mails gaan opnieuw uit[^]*Er zijn geen onzekere mails/);
  });

  test("a draft can still be changed by its writer", async () => {
    const page = await member(road, "register");
    await open(page, "/nl/beheer/fitband/nieuws/nieuw");
    for (const [name, value] of Object.entries({ title_nl: "Concept", body_nl: "Tekst", title_en: "Draft", body_en: "Text" })) await page.fill(`main [name=${name}]`, value);
    await choose(page, "kind", "newsletter");
    await press(page, "Bewaar en bekijk");
    await press(page, "Bericht wijzigen");
    await sound(page, "news, change");
    await press(page, "Bewaar en bekijk");
    await press(page, "Weggooien");
    assert.match(await words(page), /weggegooid/);
  });

  test("who a mail came back from is reached another way", async () => {
    await mailTo(road.email, /doet mee/);
    const dir = await mkdtemp(join(tmpdir(), "bounces-"));
    try {
      const file = join(dir, "mailbox");
      await writeFile(file, report(await messageIDOf(road.email, /doet mee/)));
      assert.match(await samenclaim("bounces", "import", file), /1 reports about our mails/);
      assert.match(await samenclaim("bounces", "import", file), /1 reports about our mails/);
    } finally {
      await rm(dir, { recursive: true });
    }
    const page = await member(road, "register");
    await open(page, "/nl/beheer/onbereikbaar");
    await sound(page, "unreachable");
    await press(page, /^ZM-/); // the number of their latest participation
    await sound(page, "unreachable, one");
    await press(page, "Afronden");
    await sound(page, "unreachable, with an error");
    await page.fill("main [name=note]", "Gebeld: het adres klopte niet.");
    await press(page, "Afronden");
    assert.match(await words(page), /Bereikt/);
  });
}

/** What a mail server reports about a mail to an address that does not exist (RFC 3464), in a mailbox. */
const report = (messageID) => `From MAILER-DAEMON Mon Nov  2 09:00:00 2026
From: MAILER-DAEMON@relay.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; nobody@deelnemer.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <${messageID}>

--b--
`;
