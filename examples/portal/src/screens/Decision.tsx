// What was decided, for whoever has the code of the newest mail about a file, without an account. The
// link of that mail leads here and holds no secret: what is entered stands in the body of a request
// alone.

import { useRef, useState } from "react";
import { useClient, type CombinedError } from "urql";
import { graphql } from "../generated/index.ts";
import type { DecisionQuery, DecisionQueryVariables } from "../generated/graphql.ts";
import { AGAIN, Elsewhere, Field, Screen, Wrong, save, useCountries, valuesOf } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { NotTold, sorted } from "./Track.tsx";

const Decision = graphql(`
  query Decision($reference: String!, $passport: PassportInput!, $code: String!) {
    deliveredDecision(reference: $reference, passport: $passport, code: $code) { outcome isTakenBack pdf }
  }
`);
const PLACES = ["reference", "code", "passport.issuingState", "passport.number"];

type Told = { decision?: DecisionQuery["deliveredDecision"] | undefined; error?: CombinedError | undefined };

export function OpenDecision() {
  const { t } = useWords();
  const gateway = useClient();
  const countries = useCountries();
  const [state, choose] = useState("");
  const [told, tell] = useState<Told>({});
  const isAsked = useRef(false);
  const [mistakes, others] = sorted(told.error);

  async function open(form: FormData) {
    if (isAsked.current) return; // Each try counts.
    isAsked.current = true;
    tell({});
    const variables = { passport: {}, ...valuesOf(form) } as DecisionQueryVariables;
    const { data, error } = await gateway.query(Decision, variables, AGAIN);
    tell({ decision: data?.deliveredDecision, error });
    isAsked.current = false;
  }

  return (
    <Screen title="decision" lead="decisionLead">
      <Wrong value={mistakes}>
        <form
          className="card"
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            void open(new FormData(event.currentTarget));
          }}
        >
          <Elsewhere mistakes={mistakes} places={PLACES} />
          <div className="row">
            <Field place="reference" text="referenceNumber" />
            <Field place="code" text="mailedCode" />
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
          <button>{t("openDecision")}</button>
        </form>
      </Wrong>
      <div role="status">
        {told.decision && <Opened {...told.decision} />}
        {others && <NotTold error={others} nothing="decisionNothing" />}
      </div>
    </Screen>
  );
}

function Opened({ outcome, isTakenBack, pdf }: NonNullable<DecisionQuery["deliveredDecision"]>) {
  const { t, word } = useWords();
  return (
    <div className="card">
      <p>
        <span className="stage CLOSED">{word("Outcome", outcome)}</span>
      </p>
      {isTakenBack && <p>{t("takenBack")}</p>}
      {pdf && <button onClick={() => save(pdf, "visa.pdf")}>{t("saveVisa")}</button>}
      {outcome === "GRANTED" && !isTakenBack && !pdf && <p>{t("visaSoon")}</p>}
    </div>
  );
}
