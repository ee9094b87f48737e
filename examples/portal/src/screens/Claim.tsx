// A file that a partner lodged, claimed with a code from our mail. What is entered stands in the body
// of a request alone: in no address, and in nothing that the browser keeps.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useRef, useState } from "react";
import { useClient, type CombinedError } from "urql";
import { graphql } from "../generated/index.ts";
import type { ClaimFileInput, ClaimedQuery, RequestClaimCodeInput } from "../generated/graphql.ts";
import { Elsewhere, Field, Screen, Wrong, useCountries, valuesOf } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { attempt } from "./Apply.tsx";
import { NotTold } from "./Track.tsx";

const AskForCode = graphql(`
  mutation AskForCode($input: RequestClaimCodeInput!) {
    requestClaimCode(input: $input) { hours errors { code message path } }
  }
`);
const Claim = graphql(`
  mutation Claim($input: ClaimFileInput!) {
    claimFile(input: $input) { claimed errors { code message path } }
  }
`);
export const Claimed = graphql(`
  query Claimed {
    claimedFiles { reference stage expectedOn outcome isTakenBack visaNumber useBy stayDays }
  }
`);
const PLACES = ["reference", "code", "passport.issuingState", "passport.number"];

export function ClaimFile({ done }: { done: () => void }) {
  const { t } = useWords();
  const gateway = useClient();
  const countries = useCountries();
  const [state, choose] = useState("");
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const [told, tell] = useState<{ isSent?: boolean; error?: CombinedError | undefined }>({});
  const isAsked = useRef(false);

  /** Each try counts: one at a time. The buttons stay, and so does the keyboard. */
  async function once(work: () => Promise<void>) {
    if (isAsked.current) return;
    isAsked.current = true;
    tell({}); // so that the same answer once more is read out, too
    await work();
    isAsked.current = false;
  }

  async function askForCode(form: FormData) {
    form.delete("code");
    const values = { reference: "", passport: {}, ...valuesOf(form) };
    const input = { idempotencyKey: crypto.randomUUID(), ...values } as RequestClaimCodeInput;
    const { data, error } = await gateway.mutation(AskForCode, { input });
    const payload = data?.requestClaimCode;
    setMistakes(mistakesOf(payload, entered(error)));
    tell({ isSent: payload?.hours != null, error: entered(error) ? undefined : error });
  }

  async function claim(form: FormData) {
    const { key, values } = attempt(form);
    const input = { idempotencyKey: key, reference: "", code: "", passport: {}, ...values } as ClaimFileInput;
    const { data, error } = await gateway.mutation(Claim, { input });
    setMistakes(mistakesOf(data?.claimFile, entered(error)));
    tell({ error: entered(error) ? undefined : error });
    if (data?.claimFile.claimed) done();
  }

  return (
    <Screen title="claim" lead="claimLead">
      <Wrong value={mistakes}>
        <form
          className="card"
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            const { submitter } = event.nativeEvent as SubmitEvent;
            const form = new FormData(event.currentTarget);
            void once(() => (submitter?.getAttribute("value") === "code" ? askForCode(form) : claim(form)));
          }}
        >
          <Elsewhere mistakes={mistakes} places={PLACES} />
          <div className="row">
            <Field place="reference" text="referenceNumber" />
            <Field
              place="passport.issuingState"
              text="issuingState"
              options={countries}
              value={state}
              choose={choose}
            />
            <Field place="passport.number" text="passportNumber" />
          </div>
          <button value="code">{t("sendCode")}</button>
          <Field place="code" text="mailedCode" />
          <button>{t("claimIt")}</button>
        </form>
      </Wrong>
      <div role="status">
        {told.isSent && <p className="notice good">{t("codeSent")}</p>}
        {told.error && <NotTold error={told.error} nothing="claimNothing" />}
      </div>
    </Screen>
  );
}

/** The errors that are about what was entered, if they all are. */
function entered(error: CombinedError | undefined) {
  const errors = error?.graphQLErrors ?? [];
  const areEntered = errors.length && errors.every(({ extensions }) => extensions.code === "INVALID_VARIABLES");
  return areEntered ? errors : undefined;
}

/** A claimed file among one's own: where it stands, what was decided, and nothing of who it is about. */
export function ClaimedFile(file: NonNullable<ClaimedQuery["claimedFiles"]>[number]) {
  const { t, word, day } = useWords();
  const { stage, outcome } = file;
  return (
    <>
      <header>
        <h2>{t("claimedFile")}</h2>
        <span className={`stage ${stage}`}>{outcome ? word("Outcome", outcome) : word("Stage", stage)}</span>
      </header>
      <p className="reference">{file.reference}</p>
      {file.expectedOn && (
        <p>
          {t("expected")} {day(file.expectedOn)}
        </p>
      )}
      {file.isTakenBack && <p>{t("takenBack")}</p>}
      {file.visaNumber && file.useBy && (
        <p className="notice good">
          {t("visa")} <strong className="code">{file.visaNumber}</strong>, {t("useBy")} {day(file.useBy)},{" "}
          {file.stayDays} {t("days")}
        </p>
      )}
    </>
  );
}
