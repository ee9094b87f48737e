// urql with its normalised cache, graphcache.
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { createClient } from "graphql-ws";
import { journey, socketOptions, tokenOf, url } from "./journey.mjs";

const socket = createClient(socketOptions);
const client = new Client({
  url,
  preferGetMethod: false,
  exchanges: [
    mapExchange({
      // Each operation says who asks; a token is read anew for each.
      async onOperation(operation) {
        const { who } = operation.context;
        if (!who) return operation;
        const headers = { authorization: `Bearer ${await tokenOf(who)}` };
        return { ...operation, context: { ...operation.context, fetchOptions: { headers } } };
      },
    }),
    cacheExchange({ keys: { Identity: () => null, Heartbeat: () => null, ApplicationChange: () => null } }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query }, sink) }),
      }),
    }),
  ],
});

await journey({
  async ask(document, variables, who) {
    const isMutation = document.startsWith("mutation");
    const asked = isMutation
      ? client.mutation(document, variables, { who })
      : client.query(document, variables, { who });
    const { data, error } = await asked.toPromise();
    if (error) throw error;
    return data;
  },
  follow(document, next) {
    client.subscription(document, {}).subscribe(({ data, error }) => {
      if (error) {
        console.error("ended:", error);
        process.exit(1);
      }
      next(data);
    });
  },
});
