// graphql-ws by itself, with fetch for what is asked once.
import { fail, given, journey, socket, token } from "./journey.mjs";

await journey({
  async ask(query, variables) {
    const response = await fetch(given.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  },
  follow(query, next) {
    socket.subscribe({ query }, { next: ({ data }) => next(data), error: fail, complete: fail });
  },
});
