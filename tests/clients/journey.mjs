// What each client does from end to end, and how it tells the test: a line of JSON for each thing.
import { readFile } from "node:fs/promises";
import { following } from "../../docs/clients/following.mjs";

/** From the test: where the gateway is, and the file that always holds a good token of each. */
const { url, websocketUrl, tokens, open, unreceived } = JSON.parse(process.argv[2]);

export { url, websocketUrl };
export const tokenOf = (name) => readFile(`${tokens}/${name}`, "utf8");
export const tell = (kind, value) => console.log(JSON.stringify({ [kind]: value }));

/** What an application gives to graphql-ws, whatever is built on it. */
export const socketOptions = {
  url: websocketUrl,
  ...following({ token: () => tokenOf("officer"), renewSeconds: 1_000 }),
  retryWait: () => new Promise((done) => setTimeout(done, 20)),
};

export const PAGE = `query Page { applications(first: 2) { nodes { __typename id reference } } }`;
export const IDENTITY = `query Case($id: ID!) @purpose(code: CASEWORK, reference: "T-1") {
  application(by: { id: $id }) { __typename id applicant { __typename id identity { __typename fullName } } }
}`;
export const RECEIVE = `mutation Receive($input: MarkReceivedInput!) {
  markReceived(input: $input) { errors { message } application { __typename id receivedAt } }
}`;
export const CHANGES = `subscription Changes {
  applicationChanged {
    __typename
    position
    ... on ApplicationChange { application { __typename id reference } }
  }
}`;

/** `ask(document, variables, who)` answers the data; `follow(document, next)` follows. */
export async function journey({ ask, follow }) {
  tell("page", (await ask(PAGE, {}, "officer")).applications.nodes.length);
  const identity = await ask(IDENTITY, { id: open }, "officer");
  tell("name", identity.application.applicant.identity.fullName);
  const input = { applicationId: unreceived, idempotencyKey: crypto.randomUUID() };
  const { errors, application: received } = (await ask(RECEIVE, { input }, "agent")).markReceived;
  tell("received", errors.length === 0 && received.receivedAt !== null);
  follow(CHANGES, ({ applicationChanged: update }) => {
    if (update.__typename === "Heartbeat") tell("heartbeat", true);
    else tell("change", update.application.reference);
  });
}
