// Documents typed by graphql-codegen, which Apollo Client sends.
import type { ApolloClient } from "@apollo/client";
import { apolloClient } from "../apollo-client.mjs";
import { fail, given, inputs, report, socket, token } from "../journey.mjs";
import { graphql } from "./generated/gql.ts";
import type {
  MutationErrorCode,
  PageQueryVariables,
  ReferToScreeningInput,
  Status,
} from "./generated/graphql.ts";

const Page = graphql(`
  query Page($first: Int!, $after: Cursor) {
    applications(first: $first, after: $after) {
      nodes { id reference submittedAt }
    }
  }
`);
const Refer = graphql(`
  mutation Refer($input: ReferToScreeningInput!) {
    referToScreening(input: $input) {
      errors { __typename code message path ... on CaseError { currentStatus } }
      application { id status }
    }
  }
`);
const Case = graphql(`
  query Case($reference: String!) @purpose(code: CASEWORK, reference: $reference) {
    application(by: { reference: $reference }) {
      id
      applicant { id identity { fullName birthDate } }
    }
  }
`);
const Changes = graphql(`
  subscription Changes {
    applicationChanged {
      __typename
      position
      ... on ApplicationChange { application { id reference } }
    }
  }
`);

const client: ApolloClient = apolloClient({ url: given.url, token, socket });

const page = (await client.query({ query: Page, variables: { first: 2 } })).data?.applications;
const submitted: string[] = page!.nodes.map((node) => node.submittedAt);
report("page", submitted.length);
// @ts-expect-error  a list is not asked without its size
({}) satisfies PageQueryVariables;

for (const input of inputs satisfies ReferToScreeningInput[]) {
  const { data } = await client.mutate({ mutation: Refer, variables: { input } });
  const { errors, application } = data!.referToScreening;
  for (const error of errors) {
    const code: MutationErrorCode = error.code;
    // @ts-expect-error  only an error about a case has its status
    error.currentStatus;
    if (error.__typename === "CaseError") report("error", [error.__typename, code, error.currentStatus]);
  }
  const status: Status | undefined = application?.status;
  if (status) report("status", status);
}

const found = await client.query({ query: Case, variables: { reference: given.reference } });
report("name", found.data?.application?.applicant?.identity?.fullName);

client.subscribe({ query: Changes }).subscribe({
  next({ data, error }) {
    const update = data?.applicationChanged ?? fail(error);
    if (update.__typename === "ApplicationChange") report("change", update.application.reference);
    else report("heartbeat", true);
  },
  error: fail,
  complete: () => fail(new Error("it was completed")),
});
