// The table of routes, and which of them a browser has been to.
import { readdirSync, readFileSync } from "node:fs";

const web = new URL("../../web/", import.meta.url);

/** Every address that is read with GET, as the program's own table has it: "/:lang/:slug". */
export const pages = readdirSync(web)
  .filter((name) => /^routes.*\.go$/.test(name) && !name.endsWith("_test.go"))
  .flatMap((name) => [...readFileSync(new URL(name, web), "utf8").matchAll(/Method: "GET",\s+Path: "([^"]+)"/g)])
  .map(([, path]) => path);

const patterns = pages
  .map((path) => ({ path, params: path.split(":").length, shape: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:[a-z]+/g, "[^/]+")}$`) }))
  .sort((a, b) => a.params - b.params); // the most exact one answers

const seen = new Set();

/** Notes that an address of the site has answered. */
export function visited(url) {
  const path = new URL(url).pathname;
  const found = patterns.find(({ shape }) => shape.test(path));
  if (found) seen.add(found.path);
}

/** The addresses of the table that no browser has been to. */
export const unvisited = () => pages.filter((path) => !seen.has(path));
