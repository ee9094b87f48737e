// The way to Gerbang: one client for queries, mutations and what is followed live.

import { following } from "@gerbang/client";
import { createClient } from "graphql-ws";
import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import { api, token } from "./session.ts";
import { language } from "./texts.ts";

const url = `${api}/graphql`;
const socket = createClient({
  url: url.replace("http", "ws"),
  ...following({ token, renewSeconds: 5 }),
});

/** The build's documents are registered, and asked for by their hashes. */
const trusted = import.meta.env.PROD;

const asked = mapExchange({
  async onOperation(operation) {
    const hash = (operation.query as { __meta__?: { hash?: string } }).__meta__?.hash;
    const bearer = await token();
    const headers = {
      "accept-language": language(),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
    };
    const persistedQuery = trusted && hash ? ({ version: 1, sha256Hash: hash.replace("sha256:", "") } as const) : undefined;
    return {
      ...operation,
      extensions: { ...operation.extensions, ...(persistedQuery && { persistedQuery }) },
      context: { ...operation.context, fetchOptions: { headers } },
    };
  },
});

const live = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({
      unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink),
    }),
  }),
});

export const gateway = new Client({
  url,
  preferGetMethod: false,
  exchanges: [cacheExchange, asked, fetchExchange, live],
});
