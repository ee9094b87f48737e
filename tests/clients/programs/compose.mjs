// Composes subgraphs, given as files: prints the names of the types of the supergraph, or why not.

import { readFileSync } from "node:fs";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";

const composed = composeServices(
  process.argv.slice(2).map((file) => ({
    name: file.replace(/^.*\/|\.graphql$/g, ""),
    typeDefs: parse(readFileSync(file, "utf8")),
  })),
);
if (composed.errors?.length) {
  console.error(composed.errors.map(({ message }) => message).join("\n"));
  process.exit(1);
}
console.log(JSON.stringify(composed.schema.types().map(({ name }) => name)));
