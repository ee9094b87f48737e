// Bundles GraphiQL and its workers into dist/, with the licences of what is in them.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [built, partial] = ["dist", "dist.partial"].map((name) => join(here, name));

await rm(partial, { recursive: true, force: true });
await mkdir(partial);
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: {
    main: "main.jsx",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  outdir: partial,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  loader: { ".ttf": "dataurl", ".woff": "dataurl", ".woff2": "dataurl" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  logLevel: "warning",
});
await writeFile(join(partial, "LICENSES.txt"), await licences(Object.keys(metafile.inputs)));
await rm(built, { recursive: true, force: true });
await rename(partial, built);

/** The licence of each package from which a file came into a bundle. */
async function licences(files) {
  const folders = new Set();
  for (const file of files) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found) folders.add(found[1]);
  }
  const texts = [];
  for (const folder of [...folders].sort()) {
    const path = join(here, folder);
    const { name, version, license } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const texted = (await readdir(path)).find((each) => /^licen[cs]e/i.test(each));
    const text = texted ? await readFile(join(path, texted), "utf8") : "";
    texts.push(`${name} ${version} (${license ?? "see below"})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
