// Bundles Plotly with the traces that the dashboard draws into dashboard/assets/vendor/.
import { build } from "esbuild";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";

import { licences } from "../setup/licences.mjs";

// And scatter, which is in every bundle.
const TRACES = ["bar", "choropleth", "scattergeo", "waterfall"];

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "../../dashboard/assets/vendor");

const modules = TRACES.map((trace) => `require("plotly.js/lib/${trace}")`);
const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  stdin: {
    contents: `
      const Plotly = require("plotly.js/lib/core");
      Plotly.register([${modules}]);
      module.exports = Plotly;
    `,
    resolveDir: here,
  },
  bundle: true,
  write: false,
  metafile: true,
  format: "iife",
  globalName: "Plotly",
  target: "es2020",
  define: { global: "window", "define.amd": "false" },
  loader: { ".css": "empty" }, // of a kind of map that is not in the bundle
  legalComments: "none",
  logLevel: "warning",
});
// Terser packs a sixteenth smaller than esbuild does.
const { code } = await minify(outputFiles[0].text);
const [{ inputs }] = Object.values(metafile.outputs);
const files = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput);
const { version } = createRequire(import.meta.url)("plotly.js/package.json");
await writeFile(
  join(vendor, "plotly.min.js"),
  `/* plotly.js ${version} with ${["scatter", ...TRACES].join(", ")}; licences: LICENSE */\n${code}\n`,
);
await writeFile(join(vendor, "LICENSE"), await licences(here, files));
