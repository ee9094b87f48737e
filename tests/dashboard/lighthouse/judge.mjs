// Judges the pages at the given addresses in the Chromium at a debugging port, in which somebody
// has signed in already: what Lighthouse would clear away before each page is the session.
import lighthouse from "lighthouse";

const [port, ...addresses] = process.argv.slice(2);
const reports = {};
for (const address of addresses) {
  const { lhr } = await lighthouse(address, {
    port: Number(port),
    onlyCategories: ["accessibility", "best-practices"],
    disableStorageReset: true,
    formFactor: "desktop",
    screenEmulation: { disabled: true },
    throttlingMethod: "provided",
    logLevel: "error",
  });
  reports[address] = {
    shown: lhr.finalDisplayedUrl,
    error: lhr.runtimeError?.message,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score])),
    lost: Object.values(lhr.audits)
      .filter(({ score }) => score !== null && score < 1)
      .map(({ id, title }) => `${id}: ${title}`),
  };
}
console.log(JSON.stringify(reports));
