// Apollo Client, with its link for graphql-ws.
import { gql } from "@apollo/client";
import { apolloClient } from "./apollo-client.mjs";
import { fail, given, journey, socket, token } from "./journey.mjs";

const client = apolloClient({ url: given.url, token, socket });

await journey({
  async ask(document, variables) {
    const parsed = gql(document);
    const isMutation = parsed.definitions[0].operation === "mutation";
    const result = isMutation
      ? await client.mutate({ mutation: parsed, variables })
      : await client.query({ query: parsed, variables });
    return result.data;
  },
  follow(document, next) {
    client.subscribe({ query: gql(document) }).subscribe({
      next: ({ data, error }) => (error ? fail(error) : next(data)),
      error: fail,
      complete: fail,
    });
  },
});
