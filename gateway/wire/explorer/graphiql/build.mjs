// Bundles GraphiQL and its workers into dist/, with the licences of what is in them.
import { build } from "esbuild";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { licences } from "../../../../deploy/setup/licences.mjs";

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
await writeFile(join(partial, "LICENSES.txt"), await licences(here, Object.keys(metafile.inputs)));
await rm(built, { recursive: true, force: true });
await rename(partial, built);
