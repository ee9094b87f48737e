// Where a file stands, for whoever knows whose it is, without an account. What is entered stands in
// the body of a request alone: in no address, and in nothing that the browser keeps.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useRef, useState, type ReactNode } from "react";
import { useClient, type AnyVariables, type CombinedError, type TypedDocumentNode } from "urql";
import { graphql } from "../generated/index.ts";
import type { Stage, TrackQuery } from "../generated/graphql.ts";
import { AGAIN, Absent, Elsewhere, Field, Screen, Wrong, useCountries, valuesOf } from "../parts.tsx";
import { useWords, type Text } from "../texts.ts";

const Track = graphql(`
  query Track($reference: String!, $passport: PassportInput!, $birthDate: Date!) {
    trackedFile(reference: $reference, passport: $passport, birthDate: $birthDate) { stage expectedOn }
  }
`);
const PASSPORT = ["passport.issuingState", "passport.number"];

export function TrackMyFile() {
  return (
    <AskWithoutAccount
      texts={{ title: "track", lead: "trackLead", button: "trackIt", nothing: "trackedNothing" }}
      question={Track}
      more={{ place: "birthDate", text: "birthDate", type: "date" }}
      show={({ trackedFile }) => trackedFile && <Found {...trackedFile} />}
    />
  );
}

/** A question about one file for whoever knows its reference, its passport, and something more. */
export function AskWithoutAccount<Data, Variables extends AnyVariables>({ texts, question, more, show }: {
  texts: { title: Text; lead: Text; button: Text; nothing: Text };
  question: TypedDocumentNode<Data, Variables>;
  more: { place: string; text: Text; type?: "date" };
  show: (data: Data) => ReactNode;
}) {
  const { t } = useWords();
  const gateway = useClient();
  const countries = useCountries();
  const [state, choose] = useState("");
  const [told, tell] = useState<{ data?: Data | undefined; error?: CombinedError | undefined }>({});
  const isAsked = useRef(false);
  const [mistakes, others] = sorted(told.error);

  async function ask(form: FormData) {
    if (isAsked.current) return; // Each try counts. The button stays, and so does the keyboard.
    isAsked.current = true;
    tell({}); // so that the same answer once more is read out, too
    // Without a passport at all, each of its fields is missing.
    const variables = { passport: {}, ...valuesOf(form) } as unknown as Variables;
    const { data, error } = await gateway.query(question, variables, AGAIN);
    tell({ data, error });
    isAsked.current = false;
  }

  return (
    <Screen title={texts.title} lead={texts.lead}>
      <Wrong value={mistakes}>
        <form
          className="card"
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            void ask(new FormData(event.currentTarget));
          }}
        >
          <Elsewhere mistakes={mistakes} places={["reference", more.place, ...PASSPORT]} />
          <div className="row">
            <Field place="reference" text="referenceNumber" />
            <Field {...more} />
          </div>
          <div className="row">
            <Field
              place="passport.issuingState"
              text="issuingState"
              options={countries}
              value={state}
              choose={choose}
            />
            <Field place="passport.number" text="passportNumber" />
          </div>
          <button>{t(texts.button)}</button>
        </form>
      </Wrong>
      <div role="status">
        {told.data && show(told.data)}
        {others && <NotTold error={others} nothing={texts.nothing} />}
      </div>
    </Screen>
  );
}

/** What is wrong with what was entered, for its fields; or why nothing is told. */
function sorted(error: CombinedError | undefined): [Mistakes, CombinedError | undefined] {
  const { all } = mistakesOf(null, error?.graphQLErrors);
  const isEntered = ({ code }: { code: string }) => code === "INVALID_VARIABLES";
  if (!all.length || !all.every(isEntered)) return [new Mistakes([]), error];
  return [new Mistakes(all.map((one) => ({ ...one, path: ["input", ...one.path] }))), undefined];
}

/** What each stage means for whoever waits, where there is no day to expect. */
const MEANINGS: Record<Stage, Text> = {
  SUBMITTED: "trackedUnpaid",
  IN_PROCESS: "trackedLate",
  WAITING_FOR_APPLICANT: "trackedAsked",
  CLOSED: "trackedClosed",
};

function Found({ stage, expectedOn }: NonNullable<TrackQuery["trackedFile"]>) {
  const { t, word, day } = useWords();
  return (
    <div className="card">
      <dl>
        <dt>{t("stage")}</dt>
        <dd>
          <span className={`stage ${stage}`}>{word("Stage", stage)}</span>
        </dd>
        {expectedOn && (
          <>
            <dt>{t("expected")}</dt>
            <dd>{day(expectedOn)}</dd>
          </>
        )}
      </dl>
      {!expectedOn && <p>{t(MEANINGS[stage])}</p>}
    </div>
  );
}

export function NotTold({ error, nothing }: { error: CombinedError; nothing: Text }) {
  const { t, minutes } = useWords();
  const code = error.graphQLErrors[0]?.extensions.code;
  const wait = Number((error.response as Response | undefined)?.headers.get("retry-after"));
  if (code === "NOT_FOUND") return <p className="notice">{t(nothing)}</p>;
  if (code === "RATE_LIMITED" && wait) {
    return <p className="notice wrong">{`${t("trackedTooOften")} ${minutes(wait)}.`}</p>;
  }
  return <Absent fetching={false} error={error} />;
}
