// The same pages for who has only a keyboard, for who sets other colours, and what a first view costs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoSidewaysScroll } from "../lib/axe.mjs";
import { assertBudget } from "../lib/budget.mjs";
import { leave, open, visitor } from "../lib/browser.mjs";
import { choose, codeFor, member, participant, press, sendEvidence, words } from "../lib/demo.mjs";
import { copyOf } from "../lib/copy.mjs";
import { faultsOf, sound } from "../lib/sound.mjs";
import { assertRoomForText, assertStructure, assertTargets } from "../lib/structure.mjs";
import { assertPaper } from "../lib/paper.mjs";
import { assertTabWalk, enter, fillByKeyboard, tabTo } from "../lib/keyboard.mjs";
import { assertPlain } from "../lib/colours.mjs";
import { prepay } from "./mycase.mjs";
import { pdf } from "./visitor.mjs";

const everybody = ["/nl", "/en", "/nl/zoom", "/en/fitband", "/nl/zoom/privacy", "/nl/zoom/tekst/mandate", "/nl/zoom/meedoen", "/nl/zoom/meedoen/kan-niet/jonger", "/nl/zoom/kosten", "/nl/fitband/verantwoording", "/nl/overlijden-melden", "/nl/fout-melden", "/nl/correcties", "/nl/mijn/inloggen"];
const mine = ["", "/gegevens", "/gegevens/aanpassen", "/gegevens/e-mailadres", "/bewijs", "/berichten", "/vergoeding", "/betalen", "/toestemmingen", "/documenten", "/uitbetaling", "/veiligheid", "/rechten", "/stoppen"];
const desk = ["/nl/beheer", "/nl/beheer/zoom/register", "/nl/beheer/fitband/nieuws"];

/** The tests of a newcomer who signs up with the keyboard, and of the pages of that case. */
export function handTests(road) {
  test("a visitor signs up with a keyboard only", async () => {
    const page = await visitor(road.browser);
    const who = {
      used: "yes", adult: "yes", where: "NL", email: road.email, first_names: road.first, last_name: road.last, postcode: "1234AB", house_number: "7", street: "Teststraat", city: "Teststad",
      used_for: "private", evidence: "later", fee: "flat", mandate: "yes", agreement: "yes", name: `${road.first} ${road.last}`,
    };
    await open(page, "/nl/zoom/meedoen");
    await fillByKeyboard(page, {}, /start/i);
    for (let pages = 0; !page.url().endsWith("/klaar"); pages++) {
      const at = page.url();
      if (at.endsWith("/code")) who.code = await codeFor(road.email);
      await fillByKeyboard(page, who, /^(Verder|Onderteken)/);
      assert.ok(page.url() !== at && pages < 20, `${at} doesn't take its answer: ${await words(page)}`);
    }
    [road.number] = (await words(page)).match(/ZM-[0-9A-Z]{4}-[0-9A-Z]{4}/);
    await leave(page);
  });

  test("who signed up so has a case with something on each page", async () => {
    road.page = await participant(road.browser, road.email);
    road.home = new URL(road.page.url()).pathname;
    await prepay(road.page, road.home, "Betaald");
    await open(road.page, `${road.home}/bewijs`);
    await sendEvidence(road.page, "Stuur bestanden", { name: "rekening.pdf", mimeType: "application/pdf", buffer: pdf("toetsen") });
  });

  test("with a reader's own colours everything to press keeps its border, and nothing moves for who wants no motion", async () => {
    const page = await visitor(road.browser);
    for (const path of ["/nl/zoom", "/nl/zoom/meedoen/gebruik", "/nl/mijn/inloggen", "/nl/beheer/inloggen"]) {
      await open(page, path);
      await assertPlain(page, path);
    }
    await leave(page);
    for (const part of ["/vergoeding", "/gegevens/aanpassen", "/bewijs"]) {
      await open(road.page, road.home + part);
      await assertPlain(road.page, part);
    }
  });

  test("who sits still is asked before the log-in ends, stays with one key, and else is told that it ended", async () => {
    const page = await road.page.context().newPage(); // the same log-in
    const sooner = (ask, end) => page.route(`**${road.home}/bewijs`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/data-ask="\d+" data-end="\d+"/, `data-ask="${ask}" data-end="${end}"`) });
    });
    await sooner(1, 600);
    await open(page, `${road.home}/bewijs`);
    await page.fill("[name=statement]", "Elke week.");
    const asked = page.getByRole("alertdialog", { name: "Bent u er nog?" });
    await asked.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), "Blijf ingelogd");
    await sound(page, "my case, still there");
    const [kept] = await Promise.all([page.waitForResponse(/\/nl\/mijn$/), page.keyboard.press("Enter")]);
    assert.ok(kept.status() < 400);
    await asked.waitFor({ state: "hidden" });
    assert.equal(await page.inputValue("[name=statement]"), "Elke week.");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("name")), "statement", "the focus is back where it was");
    await page.unrouteAll();
    await sooner(600, 1);
    await open(page, `${road.home}/bewijs`);
    const over = page.getByRole("alertdialog", { name: "U bent uitgelogd" });
    await over.waitFor();
    await sound(page, "my case, logged out meanwhile");
    assert.equal(await over.getByRole("link", { name: "Log opnieuw in" }).getAttribute("href"), "/nl/mijn/inloggen");
    await page.close();
  });

  test("a first view costs little, on every open page and in my case", async (t) => {
    const guest = await visitor(road.browser);
    const costs = [];
    for (const path of everybody) costs.push(await assertBudget(guest, path));
    await leave(guest);
    for (const part of mine) costs.push(await assertBudget(road.page, road.home + part));
    const worst = costs.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    t.diagnostic(`at most ${worst.bytes} bytes (${worst.path.replace(road.home, "/nl/mijn/…")}), ${Math.max(...costs.map((c) => c.requests))} requests, ${Math.max(...costs.map((c) => c.shift)).toFixed(3)} shifted`);
  });

  test("on paper a page is black on white, whole, and without what can only be pressed", async () => {
    const guest = await visitor(road.browser);
    const lawyer = await member(road, "lawyer");
    const papers = [
      [guest, ["/nl/zoom", "/nl/zoom/tekst/mandate", "/nl/zoom/privacy"]],
      [road.page, ["", "/documenten", "/documenten/volmacht", "/gegevens", "/berichten", "/betalen"].map((part) => road.home + part)],
      [lawyer, ["/nl/beheer/fitband/brieven/1", "/nl/beheer/fitband/uitbetalingen/1", "/nl/beheer/zoom/register"]],
    ];
    for (const [page, paths] of papers) {
      for (const path of paths) {
        await open(page, path);
        await assertPaper(page);
      }
    }
    await leave(guest);
  });

  test("with the Tab key everything is reached once, in order, and seen", async () => {
    const guest = await visitor(road.browser);
    const register = await member(road, "register");
    const walks = [[guest, ["/nl/zoom", "/nl/zoom/meedoen/gebruik", "/nl/mijn/inloggen"]], [road.page, mine.map((part) => road.home + part)], [register, desk]];
    for (const [page, paths] of walks) {
      for (const path of paths) {
        await open(page, path);
        await assertTabWalk(page, path);
      }
    }
    for (const [page, paths] of [[guest, ["/nl/zoom", "/nl/zoom/meedoen/gebruik", "/nl/mijn/inloggen"]], [road.page, ["", "/bewijs", "/stoppen"].map((part) => road.home + part)]]) {
      const usual = page.viewportSize();
      await page.setViewportSize({ width: 320, height: 256 }); // 1280 by 1024 at 400%
      for (const path of paths) {
        await open(page, path);
        await assertNoSidewaysScroll(page, `${path} at 400%`);
        await assertTabWalk(page, `${path} at 400%`);
      }
      await page.setViewportSize(usual);
    }
    await leave(guest);
  });

  test("a clerk finds a person and sees the data with a keyboard only", async () => {
    const page = await member(road, "register");
    await open(page, "/nl/beheer/zoom/register");
    await tabTo(page, "main [name=term]");
    await page.keyboard.type(road.number);
    await enter(page);
    await tabTo(page, `main a[href*='/deelname/${road.number}']`);
    await enter(page);
    assert.doesNotMatch(await words(page), new RegExp(road.last));
    await tabTo(page, "main select[name=reason]");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "main button");
    await enter(page);
    assert.match(await words(page), new RegExp(road.last));
  });

  test("a copy has what is filled in and chosen, and a look at it sees what is wrong", async () => {
    const page = await visitor(road.browser);
    await open(page, "/nl/mijn/inloggen");
    await page.fill("[name=email]", "iemand@deelnemer.example");
    const right = await copyOf(page);
    assert.match(right.html, /value="iemand@deelnemer.example"/);
    assert.deepEqual(await faultsOf(road.browser, right, "control"), []);
    for (const [fault, [told, spoil]] of Object.entries(spoiled)) {
      await open(page, "/nl/mijn/inloggen");
      await page.evaluate(spoil);
      assert.match((await faultsOf(road.browser, await copyOf(page), "control")).join("\n"), told, fault);
    }
    await open(page, "/nl/overlijden-melden");
    await choose(page, "kind", "death");
    assert.match((await copyOf(page)).html, /<input[^>]*value="death"[^>]*checked/);
    await leave(page);
  });

  test("each of these checks sees what it is for", async () => {
    const page = await visitor(road.browser, { width: 320 });
    for (const [check, damage] of Object.entries(damages)) {
      for (const [fault, spoil] of Object.entries(damage)) {
        await open(page, "/nl/mijn/inloggen");
        await page.evaluate(spoil);
        await assert.rejects(checks[check](page), `${check} doesn't see ${fault}`);
      }
    }
    await leave(page);
  });
}

// What a look at a copy must see, done to a page that is right; some of it is wrong at one size or in one theme only.
const spoiled = {
  "a button without a name": [/at 320, light: [^]*button-name[^]*at 1280, light: [^]*button-name/, () => document.querySelector("main").append(document.createElement("button"))],
  "a second heading": [/2 h1/, () => document.querySelector("main").append(document.createElement("h1"))],
  "a table wider than a phone": [/^control at 320, light: \d+ px wide/, () => { const t = document.createElement("table"); t.width = 600; t.insertRow().insertCell().textContent = "een"; document.querySelector("main").append(t); }],
  "words too pale for the light theme": [/at 320, light: [^]*color-contrast[^]*at 1280, light: [^]*color-contrast/, () => { const f = document.createElement("font"); f.color = "#bbbbbb"; f.textContent = "een"; document.querySelector("main").append(f); }],
  "words too dim for the dark theme": [/at 320, dark: [^]*color-contrast[^]*at 1280, dark: [^]*color-contrast/, () => { const f = document.createElement("font"); f.color = "#555555"; f.textContent = "een"; document.querySelector("main").append(f); }],
};

const checks = { assertStructure, assertTargets, assertRoomForText, assertTabWalk, assertPlain, assertPaper };

// What each check must see, done to a page that is right.
const damages = {
  assertStructure: {
    "a second heading": () => document.querySelector("main").append(document.createElement("h1")),
    "a level left out": () => document.querySelector("main").append(document.createElement("h5")),
    "another language": () => { document.documentElement.lang = "en"; },
    "a style in the page": () => document.querySelector("main").setAttribute("style", "color: red"),
    "a style sheet in the page": () => document.head.append(document.createElement("style")),
    "help elsewhere": () => document.querySelector("main").prepend(document.querySelector(".footer-help")),
    "a field that isn't filled in": () => document.querySelector("[name=email]").setAttribute("autocomplete", "off"),
    "a page that reloads": () => { const meta = document.createElement("meta"); meta.httpEquiv = "refresh"; document.head.append(meta); },
  },
  assertTargets: { "two buttons as small as a letter": () => { for (const e of [1, 2]) { const b = document.createElement("button"); b.textContent = e; b.style.cssText = "min-height: 0; padding: 0; width: 10px; height: 10px"; document.querySelector("main").append(b); } } },
  assertRoomForText: { "words cut off": () => { const p = document.createElement("p"); p.textContent = "een twee drie vier"; p.style.cssText = "white-space: nowrap; overflow: hidden; width: 8em"; document.querySelector("main").append(p); } },
  assertTabWalk: {
    "what isn't reached": () => { const b = document.createElement("button"); b.textContent = "x"; document.querySelector("main").append(b); b.addEventListener("focus", () => b.blur()); },
    "no mark": () => { const sheet = new CSSStyleSheet(); sheet.replaceSync("* { outline: none !important; box-shadow: none !important }"); document.adoptedStyleSheets = [sheet]; },
    "what lies over it": () => { const d = document.createElement("div"); d.style.cssText = "position: fixed; inset: 0"; document.body.append(d); },
    "another order": () => { const b = document.createElement("button"); b.textContent = "x"; const main = document.querySelector("main"); main.append(b); b.style.cssText = "position: absolute; top: 0; left: 0"; },
  },
  assertPaper: {
    "a menu": () => { const n = document.createElement("nav"); n.textContent = "een"; n.style.cssText = "display: block !important"; document.querySelector("main").append(n); },
    "a button outside a form": () => { const b = document.createElement("button"); b.textContent = "een"; document.querySelector("main").append(b); },
    "words too pale for paper": () => { const p = document.createElement("p"); p.textContent = "een"; p.style.color = "#bbbbbb"; document.querySelector("main").append(p); },
    "what stays folded up": () => { const d = document.createElement("details"); const p = document.createElement("p"); p.textContent = "een"; p.style.display = "none"; d.append(p); document.querySelector("main").append(d); },
    "a line wider than the sheet": () => { const p = document.createElement("p"); p.textContent = "een"; p.style.cssText = "width: 900px; max-width: none"; document.querySelector("main").append(p); },
  },
  assertPlain: {
    "no border": () => { document.querySelector("main button").style.border = "none"; },
    "what moves": () => { document.querySelector("main button").style.setProperty("transition", "all 1s", "important"); },
  },
};
