// A visitor reads about the claim, and signs up page by page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertErrorSummary } from "../lib/axe.mjs";
import { download, leave, open, visitor } from "../lib/browser.mjs";
import { choose, codeFor, codesSoFar, mailTo, participant, press, sendEvidence, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";

/** A small true PDF of one page, as evidence or as proof; the name makes it another file. */
export const pdf = (name) =>
  Buffer.from(`%PDF-1.4\n% ${name}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n`
    + "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<<>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

const answers = {
  gebruik: (page) => choose(page, "used", "yes"),
  leeftijd: (page, who) => choose(page, "adult", who.adult || "yes"),
  relatie: (page) => choose(page, "relation", "parent"),
  kind: async (page) => {
    const born = { "born-day": "3", "born-month": "5", "born-year": String(new Date().getFullYear() - 10) };
    for (const [name, value] of Object.entries({ first_names: "Sam", last_name: "Kind", ...born })) await page.fill(`[name=${name}]`, value);
  },
  land: (page) => choose(page, "where", "NL"),
  "e-mail": (page, who) => page.fill("[name=email]", who.email),
  code: async (page, who) => page.fill("[name=code]", await codeFor(who.email)),
  naam: async (page, who) => {
    await page.fill("[name=first_names]", who.first);
    await page.fill("[name=last_name]", who.last);
  },
  adres: async (page) => {
    for (const [name, value] of Object.entries({ postcode: "1234ab", house_number: "12", street: "Teststraat", city: "Teststad" })) await page.fill(`[name=${name}]`, value);
  },
  periode: (page) => choose(page, "used_for", "private"),
  bewijs: (page, who) => choose(page, "evidence", who.evidence || "later"),
  "bewijs-sturen": async (page) => {
    await sendEvidence(page, "Uploaden", { name: "uitnodiging.pdf", mimeType: "application/pdf", buffer: pdf("uitnodiging") });
  },
  vergoeding: (page) => choose(page, "fee", "flat"),
  controle: () => {},
  ondertekenen: async (page, who) => {
    await choose(page, "mandate");
    await choose(page, "agreement");
    await page.fill("[name=name]", `${who.first} ${who.last}`.toLowerCase());
  },
  toestemmingen: (page) => choose(page, "consent", "newsletter"),
};

const step = (page) => new URL(page.url()).pathname.split("/").pop();

/** Presses what leads on from a page of the sign-up. */
const goOn = (page, name) => press(page, name === "ondertekenen" ? /^Onderteken/ : /^(Verder)/);

/**
 * Signs up for a claim and returns the number; look is called on every page, with its name, before
 * anything is filled in, and may answer "stop".
 */
export async function signUp(page, slug, who, look = async () => {}) {
  await page.goto(`/nl/${slug}/meedoen`);
  await press(page, /start/i);
  const asked = new Map();
  for (let pages = 0; step(page) !== "klaar"; pages++) {
    const name = step(page);
    await notAskedTwice(page, name, asked);
    assert.ok(answers[name] && pages < 20, `no answer for ${page.url()}`);
    if ((await look(name)) === "stop") return "";
    await answers[name](page, who);
    await goOn(page, name);
    assert.notEqual(step(page), name, `${name} does not take its answer: ${await words(page)}`);
  }
  return (await words(page)).match(/[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
}

// Neither the link back nor the browser's own button loses an answer.
async function backAndForth(page, who) {
  const kept = async (how) => {
    assert.equal(step(page), "naam", how);
    assert.equal(await page.inputValue("[name=first_names]"), who.first, how);
    assert.equal(await page.inputValue("[name=last_name]"), who.last, how);
  };
  await Promise.all([page.waitForEvent("load"), page.locator("nav.back a").click()]);
  await kept("with the link back");
  await press(page, "Verder");
  assert.equal(step(page), "adres");
  await page.goBack();
  await kept("with the browser's button");
  await press(page, "Verder");
  assert.equal(step(page), "adres");
}

// What was asked on one page is filled in where another asks for it too (W8, 3.3.7). The name of a child is another's
// name, and the one typed to sign is a signature.
async function notAskedTwice(page, name, asked) {
  const fields = await page.locator("main").locator("input:not([type=hidden]):not([type=file]), select").evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => [e.name, e.type === "radio" || e.type === "checkbox" ? e.checked : Boolean(e.value)]));
  const filled = new Set(fields.filter(([, has]) => has).map(([field]) => field));
  for (const [field] of fields) {
    const before = asked.get(field);
    assert.ok(!before || before === name || before === "kind" || filled.has(field), `${field} is asked on ${before} and again on ${name}`);
    if (!before) asked.set(field, name);
  }
}

/** The tests of whoever is not logged in; the number of the newcomer is kept in road.number. */
export function visitorTests(road) {
  test("a visitor reads the claim page, in Dutch and in English", async () => {
    const page = await visitor(road.browser);
    for (const path of ["/nl", "/en", "/nl/zoom", "/en/fitband", "/nl/zoom/privacy", "/nl/zoom/tekst/mandate", "/nl/zoom/kosten", "/nl/zoom/meedoen", "/nl/zoom/meedoen/kan-niet/jonger", "/demo/", "/demo/mail"]) {
      await open(page, path);
      await sound(page, path);
    }
    await open(page, "/");
    for (const path of ["/robots.txt", "/.well-known/security.txt"]) await download(page, path);
    await open(page, "/nl/zoom");
    assert.match(await words(page), /tot €\s500,00[^]*Bij €\s250,00 is de uitkomst gelijk/);
    await open(page, "/nl/zoom/bestaat/niet", 404);
    await sound(page, "not found");
    await leave(page);
  });

  test("a visitor mends a mistake on each page, signs, and gets a number by mail", async () => {
    const page = await visitor(road.browser);
    road.number = await signUp(page, "zoom", { ...road, evidence: "now" }, async (name) => {
      if (["controle", "toestemmingen"].includes(name)) return sound(page, `sign-up, ${name}`);
      await press(page, name === "ondertekenen" ? /^Onderteken/ : name === "bewijs-sturen" ? "Uploaden" : "Verder");
      assert.match(await page.title(), /^Fout: /, `${name} without an answer`);
      await assertErrorSummary(page, name);
      await sound(page, `sign-up, ${name}, with an error`);
      if (name === "adres") return backAndForth(page, road);
      if (name !== "naam") return;
      await press(page, /later/i); // and comes back to where it was
      await sound(page, "sign-up, kept for later");
      await press(page, "Nu verdergaan");
      assert.equal(step(page), name);
    });
    await sound(page, "sign-up, done");
    assert.match(await mailTo(road.email, /welkom|u doet mee/i), new RegExp(road.number));
    await leave(page);
  });

  test("a visitor signs up without JavaScript", async () => {
    const page = await visitor(road.browser, { javaScriptEnabled: false });
    const who = { email: `plain.${road.email}`, first: "Jan", last: "de Vries", evidence: "now" };
    assert.match(await signUp(page, "zoom", who), /^ZM-/);
    await leave(page);
  });

  test("a sign-up goes on on another device", async () => {
    const email = `again.${road.email}`;
    const first = await visitor(road.browser);
    await signUp(first, "zoom", { email }, async (name) => (name === "naam" ? "stop" : undefined));
    await leave(first);
    const page = await visitor(road.browser);
    await open(page, "/nl/zoom/meedoen/verder");
    await press(page, "Stuur mij een code");
    await sound(page, "sign-up, go on, with an error");
    const before = await codesSoFar(email);
    await page.fill("[name=email]", email);
    await press(page, "Stuur mij een code");
    await sound(page, "sign-up, go on, code");
    await page.fill("[name=code]", await codeFor(email, before));
    await press(page, "Verder");
    assert.equal(step(page), "naam");
    await leave(page);
  });

  test("a parent signs up a child, signs for it, and has the case of the child", async () => {
    const page = await visitor(road.browser);
    const parent = { adult: "no", email: `parent.${road.email}`, first: "Petra", last: "Ouder" };
    const number = await signUp(page, "zoom", parent, async (name) => {
      if (name === "ondertekenen") assert.match(await words(page), /Sam Kind[^]*Petra Ouder|Petra Ouder[^]*Sam Kind/, "both are named in what is signed");
      if (!["relatie", "kind"].includes(name)) return "";
      await press(page, "Verder");
      await assertErrorSummary(page, name);
      await sound(page, `sign-up, ${name}, with an error`);
      return "";
    });
    await sound(page, "sign-up of a child, done");
    await leave(page);
    const own = await participant(road.browser, parent.email);
    const home = new URL(own.url()).pathname;
    assert.match(await words(own), new RegExp(number));
    await sound(own, "my case, for a child");
    await open(own, `${home}/documenten/volmacht`);
    assert.match(await words(own), /Petra Ouder/);
    assert.match(await words(own), /Sam Kind/);
    await leave(own);
  });

  test("a case is looked after without JavaScript", async () => {
    const page = await participant(road.browser, `plain.${road.email}`, { javaScriptEnabled: false });
    const home = new URL(page.url()).pathname;
    await open(page, `${home}/bewijs`);
    await page.setInputFiles("input[type=file]", ["een", "twee"].map((name) => ({ name: `${name}.pdf`, mimeType: "application/pdf", buffer: pdf(name) })));
    await press(page, "Stuur bestanden");
    assert.match(await words(page), /Uw 2 bestanden zijn bewaard[^]*uitnodiging\.pdf/);
    await page.fill("[name=statement]", "Ik gebruikte het elke week.");
    await press(page, "Stuur verklaring");
    await open(page, `${home}/gegevens/aanpassen`);
    await page.fill("[name=street]", "Zonderscriptstraat");
    await press(page, "Opslaan");
    assert.match(await words(page), /Zonderscriptstraat/);
    await open(page, `${home}/berichten`);
    await page.fill("[name=text]", "Werkt dit ook zonder script?");
    await press(page, "Verstuur bericht");
    assert.match(await words(page), /Werkt dit ook zonder script/);
    await open(page, `${home}/toestemmingen`);
    await press(page, /^Zet uit ?: /);
    await leave(page);
  });
}
