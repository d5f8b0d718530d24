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

/** The address of the table that answers for a path; undefined when it isn't read with GET. */
export const routeOf = (path) => patterns.find(({ shape }) => shape.test(path))?.path;

/** Notes that an address of the site has answered. */
export function visited(url) {
  const found = routeOf(new URL(url).pathname);
  if (found) seen.add(found);
}

/** The addresses of the table that no browser has been to. */
export const unvisited = () => pages.filter((path) => !seen.has(path));
