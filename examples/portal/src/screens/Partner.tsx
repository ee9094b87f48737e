// What a partner's people took in: a list with facets, page after page.

import { labels } from "@gerbang/client";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { Stage } from "../generated/graphql.ts";
import { Absent, Screen } from "../parts.tsx";
import { useWords } from "../texts.ts";

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

export function PartnersApplications() {
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
                  <td className="reference">{reference}</td>
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
