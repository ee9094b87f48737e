// What relay-compiler compiles. Its output is imported by program.ts; in an application a plugin of
// Babel or SWC puts it in the place of each `graphql` text.
import { graphql } from "relay-runtime";

graphql`
  query documentsPageQuery {
    ...documents_list
  }
`;
graphql`
  fragment documents_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, after: { type: "Cursor" })
  @refetchable(queryName: "documentsListQuery") {
    applications(first: $count, after: $after) @connection(key: "documents_applications") {
      edges { node { ...documents_case } }
      pageInfo { endCursor }
    }
  }
`;
graphql`
  fragment documents_case on Application @refetchable(queryName: "documentsCaseQuery") {
    reference
    submittedAt
  }
`;
graphql`
  mutation documentsReferMutation($input: ReferToScreeningInput!) {
    referToScreening(input: $input) {
      errors { __typename code message path ... on CaseError { currentStatus } }
      application { id status }
    }
  }
`;
graphql`
  query documentsIdentityQuery($reference: String!)
  @purpose(code: CASEWORK, reference: $reference) {
    application(by: { reference: $reference }) {
      applicant { identity { fullName birthDate } }
    }
  }
`;
graphql`
  subscription documentsChangesSubscription {
    applicationChanged {
      __typename
      position
      ... on ApplicationChange { application { reference } }
    }
  }
`;
