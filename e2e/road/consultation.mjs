// The consultation: what participants think of a proposed settlement, from question to vote, until the proposal is off the table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { download, open } from "../lib/browser.mjs";
import { choose, mailTo, member, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { move } from "./letter.mjs";

export function consultationTests(road) {
  test("participants are asked about a proposal, by two people", async () => {
    const [lawyer, board] = [await member(road, "lawyer"), await member(road, "board")];
    await move(lawyer, "zoom", "negotiation");
    await open(lawyer, "/nl/beheer/zoom/raadpleging");
    await sound(lawyer, "consultation, no proposal");
    await move(lawyer, "zoom", "settlement_proposed", board);
    await open(lawyer, "/nl/beheer/zoom/raadpleging");
    await press(lawyer, "Bewaren");
    assert.match(await lawyer.title(), /^Fout: /);
    await sound(lawyer, "consultation, with an error");
    const end = new Date(Date.now() + 10 * 864e5).toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });
    const typed = { title_nl: "Voorstel van het bedrijf", title_en: "Proposal of the company", body_nl: "Iedereen krijgt 100 euro.", body_en: "Everybody gets 100 euros.", date: end, time: "23:59" };
    for (const [name, value] of Object.entries(typed)) await lawyer.fill(`main [name=${name}]`, value);
    await press(lawyer, "Bewaren");
    assert.equal(await lawyer.getByRole("button", { name: "Openen en mailen" }).count(), 0, "who wrote it can open it");
    await sound(lawyer, "consultation, written");
    await open(board, "/nl/beheer/zoom/raadpleging");
    await sound(board, "consultation, to open");
    await press(board, "Openen en mailen");
    await sound(board, "consultation, open");
    assert.match(await mailTo(road.email, /Wat vindt u van het voorstel/), /stem/);
  });

  test("the participant votes, changes the vote, and gets a receipt", async () => {
    await open(road.page, road.home);
    assert.match(await words(road.page), /Wat vindt u van het voorstel/);
    await open(road.page, `${road.home}/raadpleging`);
    await sound(road.page, "my case, consultation");
    await press(road.page, "Stem geven");
    assert.match(await road.page.title(), /^Fout: /);
    await sound(road.page, "my case, consultation with an error");
    for (const [choice, said] of [["for", /U stemde: Voor/], ["against", /U stemde: Tegen/]]) {
      await choose(road.page, "choice", choice);
      await press(road.page, "Stem geven");
      assert.match(await words(road.page), said);
    }
    await sound(road.page, "my case, voted");
    const receipt = JSON.parse(await download(road.page, `${road.home}/raadpleging/stembewijs.json`));
    assert.equal(receipt.vote.choice, "against");
    assert.equal(receipt.tree, null, "a vote is counted before the end");
    await open(road.page, `${road.home}/documenten`);
    assert.match(await words(road.page), /Uw stem over het voorstel/);
  });

  test("a proposal that is off the table takes its consultation along", async () => {
    const lawyer = await member(road, "lawyer");
    await move(lawyer, "zoom", "negotiation");
    await open(lawyer, "/nl/beheer/zoom/raadpleging");
    assert.match(await words(lawyer), /Weggegooid/);
    await sound(lawyer, "consultation, withdrawn");
  });
}
