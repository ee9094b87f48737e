// graphql-ws by itself, with fetch for what is asked once.
import { createClient } from "graphql-ws";
import { journey, socketOptions, tokenOf, url } from "./journey.mjs";

const client = createClient(socketOptions);

await journey({
  async ask(query, variables, who) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await tokenOf(who)}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  },
  follow(query, next) {
    client.subscribe({ query }, { next: ({ data }) => next(data), error: fail, complete: fail });
  },
});

function fail(error) {
  console.error("ended:", error);
  process.exit(1);
}
