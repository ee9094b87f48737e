// What was decided, for whoever has the code of the newest mail about a file, without an account. The
// link of that mail leads here and holds no secret: what is entered stands in the body of a request
// alone.

import { graphql } from "../generated/index.ts";
import type { DecisionQuery } from "../generated/graphql.ts";
import { save } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { AskWithoutAccount } from "./Track.tsx";

const Decision = graphql(`
  query Decision($reference: String!, $passport: PassportInput!, $code: String!) {
    deliveredDecision(reference: $reference, passport: $passport, code: $code) { outcome isTakenBack pdf }
  }
`);
export function OpenDecision() {
  return (
    <AskWithoutAccount
      texts={{ title: "decision", lead: "decisionLead", button: "openDecision", nothing: "decisionNothing" }}
      question={Decision}
      more={{ place: "code", text: "mailedCode" }}
      show={({ deliveredDecision }) => deliveredDecision && <Opened {...deliveredDecision} />}
    />
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
