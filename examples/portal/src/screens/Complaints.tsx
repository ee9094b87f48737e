// What an applicant complains of, and what it was answered.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { LodgeComplaintInput } from "../generated/graphql.ts";
import { AGAIN, Absent, Elsewhere, Field, Screen, Wrong } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { attempt } from "./Apply.tsx";

// What one said oneself is read like an identity: logged, and within a budget of people. So the
// newest alone.
const MyComplaints = graphql(`
  query MyComplaints {
    complaints(first: 5, orderBy: { field: DUE_AT, direction: DESCENDING }) {
      nodes { id isOpen lodgedAt dueAt application { reference } text { complaint answer } }
    }
    applications(first: 20) { nodes { id reference } }
  }
`);
const Lodge = graphql(`
  mutation Lodge($input: LodgeComplaintInput!) {
    lodgeComplaint(input: $input) { complaint { id } errors { code message path } }
  }
`);

export function Complaints() {
  const { t, day } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({ query: MyComplaints, ...AGAIN });
  const [about, choose] = useState("");
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const [{ fetching: isSent }, lodge] = useMutation(Lodge);

  async function complain(form: HTMLFormElement) {
    const { key, values } = attempt(new FormData(form));
    const input = { idempotencyKey: key, text: "", ...values } as LodgeComplaintInput;
    const { data, error } = await lodge({ input });
    setMistakes(mistakesOf(data?.lodgeComplaint, error?.graphQLErrors));
    if (data?.lodgeComplaint.complaint) form.reset();
    ask(AGAIN);
  }

  const cases = data?.applications?.nodes ?? [];
  return (
    <Screen title="complaints" lead="complaintsLead">
      <Wrong value={mistakes}>
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            void complain(event.currentTarget);
          }}
        >
          <Elsewhere mistakes={mistakes} places={["text", "applicationId"]} />
          <Field
            place="applicationId"
            text="complainAbout"
            none="aboutDirectorate"
            options={cases.map(({ id, reference }) => [id, reference])}
            value={about}
            choose={choose}
          />
          <Field place="text" text="complaint" rows={5} />
          <button disabled={isSent}>{t("complain")}</button>
        </form>
      </Wrong>
      {!data && <Absent fetching={fetching} error={error} />}
      <ul className="cards">
        {data?.complaints?.nodes.map(({ id, isOpen, lodgedAt, dueAt, application, text }) => (
          <li key={id} className="card">
            <header>
              <h2>{application?.reference ?? t("aboutDirectorate")}</h2>
              <span className="stage">{t(isOpen ? "waits" : "isAnswered")}</span>
            </header>
            <p>{text?.complaint}</p>
            <small>
              {day(lodgedAt)}
              {isOpen && `, ${t("answerBy")} ${day(dueAt)}`}
            </small>
            {text?.answer && <p className="notice good">{text.answer}</p>}
          </li>
        ))}
      </ul>
    </Screen>
  );
}
