// An applicant's own applications, live: what is to be paid, what is asked for, what was decided.

import { useState } from "react";
import { useClient, useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { MineQuery } from "../generated/graphql.ts";
import { AGAIN, Absent, Screen, save, useChanges } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { AskedFor, OwnAnswers } from "./Answers.tsx";
import { Bill } from "./Bill.tsx";
import { Claimed, ClaimedFile } from "./Claim.tsx";
import { Checklist } from "./Documents.tsx";
import { Intention } from "./Intention.tsx";

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
        answerBy
        refusalIntention { grounds note endedAt }
        decision { outcome publicReasons conditions visa { number useBy stayDays stay { until } } }
        extends { number }
        allowed { step isAllowed }
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

const Extend = graphql(`
  mutation Extend($input: ApplyForExtensionInput!) {
    applyForExtension(input: $input) { application { id reference } errors { code message path } }
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
          {rest.extends && ` · ${t("extension")} ${rest.extends.number}`}
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
      {rest.refusalIntention && stage !== "CLOSED" && (
        <Intention id={id} answerBy={rest.answerBy} {...rest.refusalIntention} />
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
            {decision.visa.stay?.until && `, ${t("stayUntil")} ${day(decision.visa.stay.until)}`}
          </p>
          <SaveVisa id={id} />
          {rest.allowed.some(({ step, isAllowed }) => step === "APPLY_FOR_EXTENSION" && isAllowed) && (
            <AskForExtension id={id} changed={rest.changed} />
          )}
        </div>
      )}
      {decision?.conditions.map((condition) => (
        <p className="notice" key={condition}>{word("VisaCondition", condition)}</p>
      ))}
      {decision?.publicReasons.map((reason) => (
        <p className="notice" key={reason}>{word("PublicReason", reason)}</p>
      ))}
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

/** An extension is an application of its own, with a bill of its own: it then stands above this one. */
function AskForExtension({ id, changed }: { id: string } & Changed) {
  const { t } = useWords();
  const [{ data, fetching }, extend] = useMutation(Extend);
  const mistake = data?.applyForExtension.errors[0]?.message;

  async function ask() {
    const input = { applicationId: id, idempotencyKey: crypto.randomUUID() };
    if ((await extend({ input })).data?.applyForExtension.application) changed();
  }

  return (
    <>
      <button className="quiet" disabled={fetching} onClick={() => void ask()}>
        {t("extend")}
      </button>
      {mistake && <p role="status">{mistake}</p>}
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
