// An officer's desk: take what is due next, read the person for a purpose, decide what is allowed.

import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type {
  AnnounceRefusalMutation,
  AppearMutation,
  CaseFileQuery,
  DecideMutation,
  Ground,
  Outcome,
  ProposeGrantMutation,
  ReferMutation,
  RequestMutation,
  VisaCondition,
} from "../generated/graphql.ts";
import { AGAIN, Absent, Choices, Screen, useChanges } from "../parts.tsx";
import { Answers } from "./Answers.tsx";
import { useWords, type Text } from "../texts.ts";

const Desk = graphql(`
  query Desk($language: Language!) {
    mine: workList(queue: MINE, first: 20) {
      nodes {
        id
        reference
        status
        targetDueAt
        visaType { code name(language: $language) }
        nationality { name(language: $language) }
      }
    }
    free: workList(queue: FREE, first: 1) { nodes { id } totalCount { value } }
  }
`);

const CaseFile = graphql(`
  query CaseFile($reference: String!) {
    application(by: { reference: $reference }) {
      id
      reference
      status
      allowed {
        step isAllowed reason { message }
        outcomes { outcome isAllowed reason { message } }
      }
      events(first: 30) { nodes { kind occurredAt } }
    }
  }
`);

// Asked for apart, when somebody wants to know: each reading stands in the log with its purpose.
const Person = graphql(`
  query Person($reference: String!) @purpose(code: CASEWORK, reference: $reference) {
    application(by: { reference: $reference }) {
      id
      applicant { id identity { fullName birthDate passportNumber passportExpiresOn email phone } identityAbsence }
      requestedItems(first: 20) {
        nodes { kind answer { text day country street city province postalCode } }
      }
      refusalIntention { answer { text } }
    }
  }
`);

const Take = graphql(`
  mutation Take($input: TakeCaseInput!) {
    takeCase(input: $input) { application { id reference } errors { code message path } }
  }
`);
const Refer = graphql(`
  mutation Refer($input: ReferToScreeningInput!) {
    taken: referToScreening(input: $input) { application { id status } errors { code message path } }
  }
`);
const Request = graphql(`
  mutation Request($input: RequestInformationInput!) {
    taken: requestInformation(input: $input) { application { id status } errors { code message path } }
  }
`);
const AnnounceRefusal = graphql(`
  mutation AnnounceRefusal($input: AnnounceRefusalInput!) {
    taken: announceRefusal(input: $input) { application { id status } errors { code message path } }
  }
`);
const ProposeGrant = graphql(`
  mutation ProposeGrant($input: ProposeGrantInput!) {
    taken: proposeGrant(input: $input) { application { id status } errors { code message path } }
  }
`);
const Appear = graphql(`
  mutation Appear($input: RecordAppearanceInput!) {
    taken: recordAppearance(input: $input) { application { id status } errors { code message path } }
  }
`);
const Decide = graphql(`
  mutation Decide($input: RecordDecisionInput!) {
    taken: recordDecision(input: $input) { application { id status } errors { code message path } }
  }
`);

export function OfficersDesk() {
  const { t, word, day, enumLanguage } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({
    query: Desk,
    variables: { language: enumLanguage },
  });
  const [chosen, setChosen] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const [, take] = useMutation(Take);
  const mine = data?.mine?.nodes ?? [];
  useChanges((change) => mine.some(({ id }) => id === change.id) && ask(AGAIN));
  const open = mine.find(({ reference }) => reference === chosen) ?? mine[0];

  async function takeNext() {
    const { data } = await take({ input: { idempotencyKey: crypto.randomUUID(), queue: "FREE" } });
    setChosen(data?.takeCase.application?.reference);
    setRefused(data?.takeCase.errors[0]?.message);
  }

  return (
    <Screen title="desk" lead="deskLead">
      <div className="buttons">
        <button onClick={() => void takeNext()}>{t("take")}</button>
        <span className="lead">
          {data?.free?.totalCount.value} {t("waiting")}
        </span>
      </div>
      {refused && <p className="notice">{refused}</p>}
      {!mine.length && <Absent fetching={fetching} error={error} />}
      <div className="split">
        <ul className="list">
          {mine.map(({ id, reference, status, targetDueAt, visaType, nationality }) => (
            <li key={id}>
              <button
                className="item"
                aria-current={reference === open?.reference}
                onClick={() => setChosen(reference)}
              >
                <span className="code">{visaType?.code}</span> {nationality?.name}
                <small>
                  {word("Status", status)}
                  {targetDueAt && `, ${t("due")} ${day(targetDueAt)}`}
                </small>
              </button>
            </li>
          ))}
        </ul>
        {open && <Case key={open.reference} reference={open.reference} />}
      </div>
    </Screen>
  );
}

type OpenCase = NonNullable<CaseFileQuery["application"]>;

function Case({ reference }: { reference: string }) {
  const { t, word, day } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({ query: CaseFile, variables: { reference } });
  useChanges((change) => change.reference === reference && ask(AGAIN));
  const [isRead, setIsRead] = useState(false);
  const file = data?.application;
  if (!file) return <Absent fetching={fetching} error={error} />;
  return (
    <article className="card">
      <header>
        <h2 className="reference">{reference}</h2>
        <span className="stage">{word("Status", file.status)}</span>
      </header>
      {isRead ? (
        <Applicant reference={reference} />
      ) : (
        <p>
          <button className="quiet" onClick={() => setIsRead(true)}>
            {t("read")}
          </button>{" "}
          <small>{t("readNote")}</small>
        </p>
      )}
      <Steps {...file} />
      <h3>{t("history")}</h3>
      <ol className="history">
        {file.events.nodes.map(({ kind, occurredAt }) => (
          <li key={kind + occurredAt}>
            <span>{word("EventKind", kind)}</span> <time dateTime={occurredAt}>{day(occurredAt)}</time>
          </li>
        ))}
      </ol>
    </article>
  );
}

function Applicant({ reference }: { reference: string }) {
  const { t, word, day } = useWords();
  const [{ data, fetching, error }] = useQuery({
    query: Person,
    variables: { reference },
    requestPolicy: "network-only",
  });
  if (fetching || error) return <Absent fetching={fetching} error={error} />;
  const applicant = data?.application?.applicant;
  const person = applicant?.identity;
  if (!person) {
    return <p className="notice">{word("IdentityAbsence", applicant?.identityAbsence ?? "NOT_IN_HAND")}</p>;
  }
  const facts: [Text, string][] = [
    ["fullName", person.fullName],
    ["birthDate", day(person.birthDate)],
    ["passportNumber", person.passportNumber],
    ["email", person.email],
    ["phone", person.phone],
  ];
  return (
    <>
      <dl>
        {facts.map(([text, fact]) => [<dt key={text}>{t(text)}</dt>, <dd key={`${text} is`}>{fact}</dd>])}
      </dl>
      <Answers items={data?.application?.requestedItems.nodes ?? []} />
      {data?.application?.refusalIntention?.answer?.text && (
        <blockquote>{data.application.refusalIntention.answer.text}</blockquote>
      )}
    </>
  );
}

type Taken =
  | AnnounceRefusalMutation
  | AppearMutation
  | DecideMutation
  | ProposeGrantMutation
  | ReferMutation
  | RequestMutation;
type Offered = { isAllowed: boolean; reason?: { message: string } | null };

/** What can be done now. Whatever cannot says why, in the words of the mutation itself. */
function Steps({ id, allowed }: OpenCase) {
  const { t } = useWords();
  const [refused, setRefused] = useState<string>();
  const [grounds, setGrounds] = useState<Ground[]>([]);
  const [conditions, setConditions] = useState<VisaCondition[]>([]);
  const [enteredOn, setEnteredOn] = useState("");
  const [reason, setReason] = useState("");
  const [, announce] = useMutation(AnnounceRefusal);
  const [, appear] = useMutation(Appear);
  const [, refer] = useMutation(Refer);
  const [, request] = useMutation(Request);
  const [, decide] = useMutation(Decide);
  const [, propose] = useMutation(ProposeGrant);
  const about = () => ({ idempotencyKey: crypto.randomUUID(), applicationId: id });

  async function step(asked: Promise<{ data?: Taken | undefined }>) {
    setRefused((await asked).data?.taken.errors[0]?.message);
  }
  const offered = (name: string) => allowed.find((one) => one.step === name);
  const reached = (outcome: Outcome): Offered | undefined =>
    offered("RECORD_DECISION")?.outcomes.find((one) => one.outcome === outcome);
  const button = (offer: Offered | undefined, text: Text, act: () => Parameters<typeof step>[0]) => (
    <button
      className={text === "grant" ? "" : "quiet"}
      disabled={!offer?.isAllowed}
      onClick={() => void step(act())}
    >
      {t(text)}
    </button>
  );
  const offers = [
    ...["REFER_TO_SCREENING", "REQUEST_INFORMATION"].map(offered),
    ...(["GRANTED", "REFUSED"] as const).map(reached),
  ];
  const reasons = new Set(offers.map((offer) => offer?.reason?.message));
  return (
    <>
      <div className="buttons">
        {button(reached("GRANTED"), "grant", () =>
          decide({ input: { ...about(), outcome: "GRANTED", conditions } }),
        )}
        {button(offered("REFER_TO_SCREENING"), "refer", () => refer({ input: about() }))}
        {button(offered("REQUEST_INFORMATION"), "request", () =>
          request({ input: { ...about(), items: [{ kind: "ADDRESS_IN_INDONESIA" }] } }),
        )}
      </div>
      <Choices of="VisaCondition" text="conditions" chosen={conditions} choose={setConditions} />
      {offered("PROPOSE_GRANT")?.isAllowed && (
        <div className="buttons">
          <input
            aria-label={t("reasonToGrant")}
            placeholder={t("reasonToGrant")}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {button(offered("PROPOSE_GRANT"), "proposeGrant", () => propose({ input: { ...about(), reason } }))}
          <small>{t("linkCounts")}</small>
        </div>
      )}
      {offered("RECORD_APPEARANCE")?.isAllowed && (
        <div className="buttons">
          <input
            type="date"
            aria-label={t("enteredOn")}
            value={enteredOn}
            onChange={(event) => setEnteredOn(event.target.value)}
          />
          {button(offered("RECORD_APPEARANCE"), "appeared", () =>
            appear({ input: { ...about(), enteredOn: enteredOn || null } }),
          )}
        </div>
      )}
      <Choices of="Ground" text="grounds" chosen={grounds} choose={setGrounds} />
      <div className="buttons">
        {offered("ANNOUNCE_REFUSAL")?.isAllowed &&
          button(offered("ANNOUNCE_REFUSAL"), "announce", () =>
            announce({ input: { ...about(), grounds } }),
          )}
        {button(reached("REFUSED"), "refuse", () =>
          decide({ input: { ...about(), outcome: "REFUSED", grounds } }),
        )}
      </div>
      {[...reasons].map((reason) => reason && <small key={reason}>{reason} </small>)}
      {refused && (
        <p className="notice wrong" role="alert">
          {refused}
        </p>
      )}
    </>
  );
}
