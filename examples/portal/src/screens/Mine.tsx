// An applicant's own applications, live: what is to be paid, what is asked for, what was decided.

import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { MineQuery } from "../generated/graphql.ts";
import { AGAIN, Absent, Screen, useChanges } from "../parts.tsx";
import { useWords } from "../texts.ts";

const Mine = graphql(`
  query Mine($language: Language!) {
    applications(first: 20, orderBy: { field: SUBMITTED_AT, direction: DESCENDING }) {
      nodes {
        id
        reference
        stage
        visaType { code name(language: $language) }
        entryOn
        bill { code fee { amount currency } dueAt paidAt receiptNumber }
        requestedItems(first: 20) { nodes { kind note answeredAt } }
        decision { outcome publicReason visa { number useBy stayDays } }
        events(first: 30) { nodes { kind occurredAt } }
      }
    }
  }
`);

const Answer = graphql(`
  mutation Answer($input: AnswerInformationInput!) {
    answerInformation(input: $input) {
      application { id stage }
      errors { code message path }
    }
  }
`);

export function MyApplications() {
  const { enumLanguage, word } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({
    query: Mine,
    variables: { language: enumLanguage },
  });
  const [news, setNews] = useState("");
  useChanges(({ reference, stage }) => {
    setNews(`${reference}: ${word("Stage", stage)}`);
    ask(AGAIN);
  });
  const applications = data?.applications?.nodes ?? [];
  return (
    <Screen title="mine" lead="mineLead">
      <p className="live" role="status">
        {news}
      </p>
      {!applications.length && <Absent fetching={fetching} error={error} />}
      <ul className="cards">
        {applications.map((application) => (
          <li key={application.id} className="card">
            <Application {...application} />
          </li>
        ))}
      </ul>
    </Screen>
  );
}

type Own = NonNullable<MineQuery["applications"]>["nodes"][number];

function Application({ id, reference, stage, visaType, bill, decision, ...rest }: Own) {
  const { t, word, day, money } = useWords();
  const [{ fetching }, answer] = useMutation(Answer);
  const [refused, setRefused] = useState<string>();
  const asked = rest.requestedItems.nodes.filter(({ answeredAt }) => !answeredAt);

  async function handIn() {
    const items = asked.map(({ kind }) => kind);
    const input = { idempotencyKey: crypto.randomUUID(), applicationId: id, items };
    const { data } = await answer({ input });
    setRefused(data?.answerInformation.errors[0]?.message);
  }

  return (
    <>
      <header>
        <h2>
          <span className="code">{visaType?.code}</span> {visaType?.name}
        </h2>
        <span className={`stage ${stage}`}>
          {decision ? word("Outcome", decision.outcome) : word("Stage", stage)}
        </span>
      </header>
      <p className="reference">{reference}</p>
      {bill && !bill.paidAt && stage !== "CLOSED" && (
        <p className="notice">
          {t("pay")}: <strong>{money(bill.fee)}</strong> {t("payBy")} {day(bill.dueAt)}.{" "}
          {t("payCode")} <span className="code">{bill.code}</span>
        </p>
      )}
      {asked.length > 0 && (
        <div className="notice">
          <p>{t("asked")}:</p>
          <ul>
            {asked.map(({ kind, note }) => (
              <li key={kind}>
                {word("RequestedItemKind", kind)}
                {note && `: ${note}`}
              </li>
            ))}
          </ul>
          <button disabled={fetching} onClick={() => void handIn()}>
            {t("answer")}
          </button>
          {refused && <p className="mistake">{refused}</p>}
        </div>
      )}
      {decision?.visa && (
        <p className="notice good">
          {t("visa")} <strong className="code">{decision.visa.number}</strong>, {t("useBy")}{" "}
          {day(decision.visa.useBy)}, {decision.visa.stayDays} {t("days")}
        </p>
      )}
      {decision?.publicReason && <p className="notice">{word("PublicReason", decision.publicReason)}</p>}
      <ol className="history">
        {rest.events.nodes.map(({ kind, occurredAt }) => (
          <li key={kind + occurredAt}>
            <span>{word("EventKind", kind)}</span> <time dateTime={occurredAt}>{day(occurredAt)}</time>
          </li>
        ))}
      </ol>
    </>
  );
}
