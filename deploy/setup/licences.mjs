// The licences of what is in a bundle.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The licence of each package, installed in a folder, from which a file came into a bundle. */
export async function licences(home, files) {
  const folders = new Set();
  for (const file of files) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found) folders.add(found[1]);
  }
  const texts = new Set();
  for (const folder of [...folders].sort()) {
    const path = join(home, folder);
    const { name, version, license } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const texted = (await readdir(path)).find((each) => /^licen[cs]e/i.test(each));
    const text = texted ? await readFile(join(path, texted), "utf8") : "";
    texts.add(`${name} ${version} (${license ?? "see below"})\n\n${text.trim()}\n`);
  }
  return [...texts].join(`\n${"-".repeat(80)}\n\n`);
}
