// urql with its normalised cache, graphcache.
import { readFile } from "node:fs/promises";
import { fail, given, journey, socket, token } from "./journey.mjs";
import { urqlClient } from "./urql-client.mjs";

const sdl = await readFile("schema.graphql", "utf8");
const client = urqlClient({ url: given.url, token, socket, sdl });

await journey({
  async ask(document, variables) {
    const isMutation = document.startsWith("mutation");
    const asked = isMutation
      ? client.mutation(document, variables)
      : client.query(document, variables);
    const { data, error } = await asked.toPromise();
    if (error) throw error;
    return data;
  },
  follow(document, next) {
    client.subscription(document, {}).subscribe(({ data, error }) => {
      if (error) fail(error);
      next(data);
    });
  },
});
