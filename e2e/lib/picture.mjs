// What pages look like, compared with pictures of when somebody looked at them and found them good (W16).
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../pictures/", import.meta.url));
const out = fileURLToPath(new URL("../out/", import.meta.url));

// Four by four pixels are one grain, so that another version of the browser, which draws
// the edge of a letter otherwise, makes no difference. A grain differs from so much light on.
const grain = 4;
const light = 26;

/** The share of a page, in parts of a thousand, that may differ: less than one button. */
const allowed = 2;

/** Fails when a page looks otherwise than in its picture; UPDATE_PICTURES=1 takes the picture anew. */
export async function assertPicture(page, name) {
  await page.evaluate(async () => { document.querySelector(".demo")?.remove(); await document.fonts.ready; });
  const now = await page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
  const file = `${folder}${name}.png`;
  if (process.env.UPDATE_PICTURES) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, now);
    return;
  }
  assert.ok(existsSync(file), `there is no picture of ${name}: UPDATE_PICTURES=1 takes it`);
  const differs = await compare(page, readFileSync(file), now);
  if (differs > allowed) {
    mkdirSync(out, { recursive: true });
    writeFileSync(`${out}${name}.png`, now);
  }
  assert.ok(differs <= allowed, `${name} looks otherwise than e2e/pictures/${name}.png in ${differs.toFixed(1)} of 1000 parts; now it is e2e/out/${name}.png. If that is right: UPDATE_PICTURES=1`);
}

// The browser compares, on an empty page, where nothing forbids pictures of our own.
async function compare(page, before, now) {
  const desk = await page.context().newPage();
  try {
    return await desk.evaluate(async ({ pictures, grain, light }) => {
      const read = async (code) => {
        const bytes = Uint8Array.from(atob(code), (c) => c.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        const pen = canvas.getContext("2d");
        pen.drawImage(picture, 0, 0);
        return pen.getImageData(0, 0, picture.width, picture.height);
      };
      const [a, b] = [await read(pictures[0]), await read(pictures[1])];
      if (a.width !== b.width || a.height !== b.height) return 1000;
      const mean = (image, x, y, channel) => {
        let sum = 0;
        for (let dy = 0; dy < grain; dy++) for (let dx = 0; dx < grain; dx++) sum += image.data[((y + dy) * image.width + x + dx) * 4 + channel];
        return sum / (grain * grain);
      };
      let all = 0, other = 0;
      for (let y = 0; y + grain <= a.height; y += grain) {
        for (let x = 0; x + grain <= a.width; x += grain) {
          all++;
          if ([0, 1, 2].some((c) => Math.abs(mean(a, x, y, c) - mean(b, x, y, c)) > light)) other++;
        }
      }
      return (1000 * other) / all;
    }, { pictures: [before.toString("base64"), now.toString("base64")], grain, light });
  } finally {
    await desk.close();
  }
}
