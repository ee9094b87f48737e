// Monaco's workers, each a bundle of its own at this origin.
const BUNDLES = { json: "json.worker.js", graphql: "graphql.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker: (_, label) =>
    new Worker(`/graphql/graphiql/${BUNDLES[label] ?? "editor.worker.js"}`, { type: "module" }),
};
