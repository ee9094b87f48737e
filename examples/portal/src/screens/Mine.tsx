// An applicant's own applications, live: what is to be paid, what is asked for, what was decided.

import { useState } from "react";
import { useClient, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { MineQuery } from "../generated/graphql.ts";
import { AGAIN, Absent, Screen, save, useChanges } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { AskedFor, OwnAnswers } from "./Answers.tsx";
import { Bill } from "./Bill.tsx";
import { Claimed, ClaimedFile } from "./Claim.tsx";
import { Checklist } from "./Documents.tsx";

const Mine = graphql(`
  query Mine($language: Language!) {
    applications(first: 20, orderBy: { field: SUBMITTED_AT, direction: DESCENDING }) {
      nodes {
        id
        reference
        stage
        channel
        visaType { code name(language: $language) }
        entryOn
        bill { code fee { amount currency } familyFee { amount currency } dueAt paidAt receiptNumber reversedAt }
        documents { kind recordedAt } uploads { kind state }
        requestedItems(first: 20) { nodes { kind note answeredAt answeredWith } }
        decision { outcome publicReason visa { number useBy stayDays } }
        events(first: 30) { nodes { kind occurredAt } }
      }
    }
  }
`);

// The visa in hand names its holder: it is asked for when somebody saves it, and not before.
const VisaInHand = graphql(`
  query VisaInHand($id: ID!) {
    node(id: $id) {
      ... on Application { decision { visa { number document { pdf } } } }
    }
  }
`);

export function MyApplications() {
  const { enumLanguage, word } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({
    query: Mine,
    variables: { language: enumLanguage },
  });
  const [{ data: others }] = useQuery({ query: Claimed, ...AGAIN });
  const [news, setNews] = useState("");
  useChanges(({ reference, stage }) => {
    setNews(`${reference}: ${word("Stage", stage)}`);
    ask(AGAIN);
  });
  const applications = data?.applications?.nodes ?? [];
  const claimed = others?.claimedFiles ?? [];
  return (
    <Screen title="mine" lead="mineLead">
      <p className="live" role="status">
        {news}
      </p>
      {!applications.length && !claimed.length && <Absent fetching={fetching} error={error} />}
      <ul className="cards">
        {applications.map((application) => (
          <li key={application.id} className="card">
            <Application {...application} changed={() => ask(AGAIN)} />
          </li>
        ))}
        {claimed.map((file) => (
          <li key={file.reference} className="card">
            <ClaimedFile {...file} />
          </li>
        ))}
      </ul>
    </Screen>
  );
}

type Own = NonNullable<MineQuery["applications"]>["nodes"][number];

type Changed = { changed: () => void };

function Application({ id, reference, stage, visaType, bill, decision, ...rest }: Own & Changed) {
  const { t, word, day } = useWords();
  const wasPaid = rest.events.nodes.some(({ kind }) => kind === "PAID");
  const asked = rest.requestedItems.nodes.filter(({ answeredAt }) => !answeredAt);

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
      {bill && (
        <Bill key={bill.code} id={id} bill={bill} waits={stage !== "CLOSED" || wasPaid} changed={rest.changed} />
      )}
      {asked.length > 0 && (
        <div className="notice">
          <p>{t("asked")}:</p>
          <AskedFor id={id} items={asked} />
        </div>
      )}
      {stage !== "CLOSED" && (
        <Checklist
          id={id}
          documents={rest.documents}
          uploads={rest.uploads}
          takes={rest.channel === "DIRECT"}
          done={rest.changed}
        />
      )}
      {rest.requestedItems.nodes.some(({ answeredAt }) => answeredAt) && <OwnAnswers id={id} />}
      {decision?.visa && (
        <div className="notice good">
          <p>
            {t("visa")} <strong className="code">{decision.visa.number}</strong>, {t("useBy")}{" "}
            {day(decision.visa.useBy)}, {decision.visa.stayDays} {t("days")}
          </p>
          <SaveVisa id={id} />
        </div>
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

function SaveVisa({ id }: { id: string }) {
  const { t } = useWords();
  const client = useClient();
  const [mistake, setMistake] = useState("");

  async function saveIt() {
    const { data, error } = await client.query(VisaInHand, { id }, AGAIN).toPromise();
    const visa = data?.node?.__typename === "Application" ? data.node.decision?.visa : undefined;
    setMistake(visa?.document ? "" : (error?.graphQLErrors[0]?.message ?? t("visaSoon")));
    if (visa?.document) save(visa.document.pdf, `${visa.number}.pdf`);
  }

  return (
    <>
      <button onClick={() => void saveIt()}>{t("saveVisa")}</button>
      {mistake && <p role="status">{mistake}</p>}
    </>
  );
}
