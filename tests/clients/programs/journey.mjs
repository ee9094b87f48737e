// What each client does from end to end, and how it reports to the test: a line of JSON for each event.
import { readFile } from "node:fs/promises";
import { openSocket } from "./socket.mjs";

/** From the test: where the gateway is, who asks, and about which case. */
export const given = JSON.parse(process.argv[2]);
/** From the file that always holds a good token. */
export const token = () => readFile(given.token, "utf8");
export const report = (kind, value) => console.log(JSON.stringify({ [kind]: value }));
export const socket = openSocket({
  url: given.websocketUrl,
  token,
  renewSeconds: given.renewSeconds,
  retryWait: () => new Promise((done) => setTimeout(done, 20)),
});

export const PAGE = `query Page { applications(first: 2) { nodes { __typename id reference } } }`;
export const REFER = `mutation Refer($input: ReferToScreeningInput!) {
  referToScreening(input: $input) {
    errors { __typename code message path ... on CaseError { currentStatus } }
    application { __typename id status }
  }
}`;
export const CASE = `query Case($reference: String!) @purpose(code: CASEWORK, reference: $reference) {
  application(by: { reference: $reference }) {
    __typename
    id
    applicant { __typename id identity { __typename fullName } }
  }
}`;
export const CHANGES = `subscription Changes {
  applicationChanged {
    __typename
    position
    ... on ApplicationChange { application { __typename id reference } }
  }
}`;

/** A case on the officer's desk: once believed to be elsewhere, and once as it is. */
export const inputs = /** @type {const} */ (["PAID", "IN_VERIFICATION"]).map((expectedStatus) => ({
  applicationId: given.application,
  idempotencyKey: crypto.randomUUID(),
  expectedStatus,
}));

/** `ask(document, variables)` answers the data; `follow(document, next)` follows. */
export async function journey({ ask, follow }) {
  report("page", (await ask(PAGE, {})).applications.nodes.length);
  for (const input of inputs) {
    const { errors, application } = (await ask(REFER, { input })).referToScreening;
    for (const error of errors) report("error", [error.__typename, error.code, error.currentStatus]);
    if (application) report("status", application.status);
  }
  const { application } = await ask(CASE, { reference: given.reference });
  report("name", application.applicant.identity.fullName);
  follow(CHANGES, ({ applicationChanged }) => reportUpdate(applicationChanged));
}

export function reportUpdate(update) {
  if (update.__typename === "Heartbeat") report("heartbeat", true);
  else report("change", update.application.reference);
}

/** @returns {never} */
export function fail(error) {
  console.error("ended:", error);
  process.exit(1);
}
