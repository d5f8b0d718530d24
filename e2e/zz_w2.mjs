import { launch, visitor } from "./lib/browser.mjs";
import { examine } from "./lib/axe.mjs";
import { mkdirSync } from "node:fs";
mkdirSync("/tmp/w2shots", { recursive: true });
const pages = ["", "/uitbetaling", "/gegevens", "/gegevens/aanpassen", "/bewijs", "/vergoeding", "/vergoeding/ondertekenen?optie=flat", "/vergoeding/ondertekenen?optie=percentage", "/betalen", "/toestemmingen", "/documenten", "/stoppen", "/stoppen/bevestigen"];
const want = process.argv[2] ? process.argv[2].split(",") : null; // e.g. 8098:flat
const only = process.argv[3] ? process.argv[3].split(",") : pages;
const b = await launch();
for (const who of want) {
  const [port, name] = who.split(":");
  for (const w of [1280, 320]) {
    const page = await visitor(b, { width: w, baseURL: `http://localhost:${port}` });
    await page.goto(`/as/${name}`);
    const home = new URL(page.url()).pathname;
    for (const p of only) {
      const r = await page.goto(home + p);
      const tag = `${name}${p.replaceAll(/[^a-z]+/g, "-")}-${w}`;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const { violations } = await examine(page);
      const miss = (await page.content()).includes("⟦");
      console.log(r.status(), tag, wide > 0 ? "SIDEWAYS " + wide : "", miss ? "MISSING TEXT" : "", violations.map((v) => v.id + " " + v.nodes.map((n) => n.target.join(" ")).join(" | ")).join("; "));
      await page.screenshot({ path: `/tmp/w2shots/${tag}.png`, fullPage: !p.includes("ondertekenen"), timeout: 30000 }).catch(() => console.log("no shot"));
    }
    await page.context().close();
  }
}
await b.close();
