// Relay's runtime, which asks for the documents of relay-compiler by their ids.
import { commitMutation, fetchQuery, getSingularSelector, requestSubscription } from "relay-runtime";
import type { ReaderFragment } from "relay-runtime";
import { fail, given, inputs, report, socket, reportUpdate, token } from "../journey.mjs";
import CaseQuery, { type documentsCaseQuery } from "./__generated__/documentsCaseQuery.graphql.ts";
import Changes, {
  type documentsChangesSubscription,
} from "./__generated__/documentsChangesSubscription.graphql.ts";
import IdentityQuery, {
  type documentsIdentityQuery,
} from "./__generated__/documentsIdentityQuery.graphql.ts";
import ListQuery, { type documentsListQuery } from "./__generated__/documentsListQuery.graphql.ts";
import PageQuery, { type documentsPageQuery } from "./__generated__/documentsPageQuery.graphql.ts";
import Refer, {
  type documentsReferMutation,
  type MutationErrorCode,
} from "./__generated__/documentsReferMutation.graphql.ts";
import Case, { type documents_case$key } from "./__generated__/documents_case.graphql.ts";
import List, { type documents_list$key } from "./__generated__/documents_list.graphql.ts";
import { relayEnvironment } from "./environment.ts";

const environment = relayEnvironment({ url: given.url, token, socket });

type Data<Key> = Key extends { readonly " $data"?: infer Found } ? NonNullable<Found> : never;

/** What a fragment reads of the store, as the hooks for React do. */
function read<Key>(fragment: ReaderFragment, key: Key): Data<Key> {
  return environment.lookup(getSingularSelector(fragment, key)).data as Data<Key>;
}

const page: documents_list$key = (await fetchQuery<documentsPageQuery>(
  environment,
  PageQuery,
  {},
).toPromise())!;
const list = () => read(List, page).applications!;
report("page", list().edges.length);
const after = list().pageInfo.endCursor;
await fetchQuery<documentsListQuery>(environment, ListQuery, { after }).toPromise();
const references = list().edges.map(({ node }) => read<documents_case$key>(Case, node).reference);
if (new Set(references).size !== 4) fail(`${references} are no two pages`);

const variables = { id: given.application };
const found = await fetchQuery<documentsCaseQuery>(environment, CaseQuery, variables).toPromise();
const one: string = read<documents_case$key>(Case, found!.node!).reference;
if (one !== given.reference) fail(`${one} is another case`);

const start = (input: documentsReferMutation["variables"]["input"]) =>
  new Promise<documentsReferMutation["response"]["referToScreening"]>((done, onError) => {
    commitMutation<documentsReferMutation>(environment, {
      mutation: Refer,
      variables: { input },
      onCompleted: ({ referToScreening }) => done(referToScreening),
      onError,
    });
  });
for (const input of inputs) {
  const { errors, application } = await start(input);
  for (const error of errors) {
    const code: MutationErrorCode = error.code;
    // @ts-expect-error  the status may be missing: only an error about a case has it
    const status: string = error.currentStatus;
    report("error", [error.__typename, code, status]);
  }
  if (application) report("status", application.status);
}

const { application } = (await fetchQuery<documentsIdentityQuery>(environment, IdentityQuery, {
  reference: given.reference,
}).toPromise())!;
report("name", application!.applicant!.identity!.fullName);

requestSubscription<documentsChangesSubscription>(environment, {
  subscription: Changes,
  variables: {},
  onNext: (data) => reportUpdate(data!.applicationChanged),
  onError: fail,
  onCompleted: () => fail("it was completed"),
});
