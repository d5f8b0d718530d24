// The whole road on the real demo, in one browser: from the claim page to bank and books that agree.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/browser.mjs";
import { unvisited } from "./lib/routes.mjs";
import { looks } from "./lib/sound.mjs";
import { sharedTitles } from "./lib/structure.mjs";
import { handTests } from "./road/hands.mjs";
import { letterTests } from "./road/letter.mjs";
import { lostTests } from "./road/lost.mjs";
import { moneyTests } from "./road/money.mjs";
import { mycaseTests } from "./road/mycase.mjs";
import { staffTests } from "./road/staff.mjs";
import { visitorTests } from "./road/visitor.mjs";

// Pages that need a mailed link or a file that the road has none of yet: the tests of web/ walk them, no browser does.
const walkedInGo = [
  "/:lang/beheer/:slug/deelname/:number/bewijs/:eref",
  "/:lang/beheer/:slug/deelname/:number/bewijs/:eref/blad/:page",
  "/:lang/mijn/adres/:token",
  "/:lang/mijn/gewist",
  "/:lang/mijn/overname/:token",
  "/:lang/mijn/overname/:token/code",
  "/:lang/mijn/overname/:token/naam",
  "/:lang/mijn/overname/:token/adres",
  "/:lang/mijn/overname/:token/ondertekenen",
  "/:lang/mijn/overname/:token/klaar",
  "/:lang/afmelden/:token",
];

// The newcomer whom the tests follow, and what they leave for each other.
const road = { email: `road.${Date.now()}@deelnemer.example`, first: "Renée", last: "O'Brien-d'Hondt" };

before(async () => { road.browser = await launch(); });
after(() => road.browser?.close());

visitorTests(road);
mycaseTests(road);
staffTests(road);
handTests(road);
letterTests(road);
moneyTests(road);
lostTests(road);

test("no two pages have the same title", () => assert.deepEqual(sharedTitles(), []));

test("every page of the program was visited", (t) => {
  const { pages, seconds } = looks();
  t.diagnostic(`${pages} pages looked at in ${seconds} s`);
  assert.deepEqual(unvisited().sort(), [...walkedInGo].sort());
});
