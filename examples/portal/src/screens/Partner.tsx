// What a partner's people took in: a list with facets, page after page, and each file of it.

import { labels } from "@gerbang/client";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { Stage } from "../generated/graphql.ts";
import { AGAIN, Absent, Screen, useChanges } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { AskedFor } from "./Answers.tsx";
import { Checklist } from "./Documents.tsx";
import { IntentionOfFile } from "./Intention.tsx";

const PartnersList = graphql(`
  query PartnersList($language: Language!, $stage: Stage, $visaType: String, $after: Cursor) {
    applications(
      first: 15
      after: $after
      where: { stage: { eq: $stage }, visaType: { eq: $visaType } }
      orderBy: { field: SUBMITTED_AT, direction: DESCENDING }
    ) {
      nodes {
        id
        reference
        stage
        submittedAt
        visaType { code name(language: $language) }
        nationality { name(language: $language) }
      }
      pageInfo { hasNextPage endCursor }
      totalCount { value }
      facets { stage { value count { value } } }
    }
    visaTypes(first: 50) { nodes { code name(language: $language) } }
  }
`);

const PartnersFile = graphql(`
  query PartnersFile($id: ID!) {
    node(id: $id) {
      ... on Application {
        id
        reference
        stage
        documents { kind recordedAt } uploads { kind state }
        requestedItems(first: 20) { nodes { kind answeredAt answeredWith } }
        decision { outcome visa { number useBy } }
      }
    }
  }
`);

/** `acts` says whether whoever looks is one who takes files in. */
export function PartnersApplications({ acts }: { acts: boolean }) {
  const [open, setOpen] = useState<string>();
  const { t, word, day, enumLanguage } = useWords();
  const [stage, setStage] = useState<Stage | null>(null);
  const [visaType, setVisaType] = useState<string | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, fetching, error }] = useQuery({
    query: PartnersList,
    variables: { language: enumLanguage, stage, visaType, after },
  });
  const page = data?.applications;
  const counts = new Map(page?.facets.stage.map(({ value, count }) => [value, count.value]));
  const choose = (value: Stage | null) => {
    setStage(value);
    setAfter(null);
  };
  return (
    <Screen title="partner" lead="partnerLead">
      {open && <File key={open} id={open} acts={acts} />}
      <div className="facets">
        <button aria-pressed={!stage} onClick={() => choose(null)}>
          {t("all")}
        </button>
        {(Object.keys(labels.Stage) as Stage[]).map((one) => (
          <button key={one} aria-pressed={stage === one} onClick={() => choose(one)}>
            {word("Stage", one)} {page && <small>{counts.get(one) ?? 0}</small>}
          </button>
        ))}
        <select
          aria-label={t("visaType")}
          value={visaType ?? ""}
          onChange={(event) => {
            setVisaType(event.target.value || null);
            setAfter(null);
          }}
        >
          <option value="">{t("visaType")}</option>
          {data?.visaTypes?.nodes.map(({ code, name }) => (
            <option key={code} value={code}>
              {code} · {name}
            </option>
          ))}
        </select>
      </div>
      {page?.nodes.length ? (
        <div className="card table" tabIndex={0} role="region" aria-label={t("partner")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("reference")}</th>
                <th scope="col">{t("stage")}</th>
                <th scope="col">{t("visaType")}</th>
                <th scope="col">{t("nationality")}</th>
                <th scope="col">{t("submitted")}</th>
              </tr>
            </thead>
            <tbody>
              {page.nodes.map(({ id, reference, visaType, nationality, submittedAt, stage }) => (
                <tr key={id}>
                  <td>
                    <button className="plain reference" aria-pressed={id === open} onClick={() => setOpen(id)}>
                      {reference}
                    </button>
                  </td>
                  <td>
                    <span className={`stage ${stage}`}>{word("Stage", stage)}</span>
                  </td>
                  <td title={visaType?.name}>{visaType?.code}</td>
                  <td>{nationality?.name}</td>
                  <td>{day(submittedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Absent fetching={fetching} error={error} />
      )}
      {page?.pageInfo.hasNextPage && (
        <button className="quiet" onClick={() => setAfter(page.pageInfo.endCursor ?? null)}>
          {t("more")}
        </button>
      )}
    </Screen>
  );
}

function File({ id, acts }: { id: string; acts: boolean }) {
  const { t, word, day } = useWords();
  const [{ data, fetching, error }, ask] = useQuery({ query: PartnersFile, variables: { id } });
  useChanges((change) => change.id === id && ask(AGAIN));
  const file = data?.node?.__typename === "Application" ? data.node : undefined;
  if (!file) return <Absent fetching={fetching} error={error} />;
  const { reference, stage, documents, uploads, decision } = file;
  const asked = file.requestedItems.nodes.filter(({ answeredAt }) => !answeredAt);
  const takes = acts && stage !== "CLOSED";
  return (
    <article className="card">
      <header>
        <h2 className="reference">{reference}</h2>
        <span className={`stage ${stage}`}>
          {decision ? word("Outcome", decision.outcome) : word("Stage", stage)}
        </span>
      </header>
      {decision?.visa && (
        <p className="notice good">
          {t("visa")} <strong className="code">{decision.visa.number}</strong>, {t("useBy")}{" "}
          {day(decision.visa.useBy)}
        </p>
      )}
      {takes && asked.length > 0 && (
        <div className="notice">
          <p>{t("askedOfThem")}:</p>
          <AskedFor id={id} items={asked} />
        </div>
      )}
      {takes && stage === "WAITING_FOR_APPLICANT" && <IntentionOfFile id={id} />}
      <Checklist id={id} documents={documents} uploads={uploads} takes={takes} done={() => ask(AGAIN)} />
    </article>
  );
}
