// Apollo Client, with its link for graphql-ws.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { journey, socketOptions, tokenOf, url } from "./journey.mjs";

const authorized = new SetContextLink(async ({ headers, who }) => ({
  headers: { ...headers, authorization: `Bearer ${await tokenOf(who)}` },
}));
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(createClient(socketOptions)),
    ApolloLink.from([authorized, new HttpLink({ uri: url })]),
  ),
});

await journey({
  async ask(document, variables, who) {
    const parsed = gql(document);
    const isMutation = parsed.definitions[0].operation === "mutation";
    const result = isMutation
      ? await client.mutate({ mutation: parsed, variables, context: { who } })
      : await client.query({ query: parsed, variables, context: { who } });
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

function fail(error) {
  console.error("ended:", error);
  process.exit(1);
}
