// Which visa: for anybody, without an account.

import { labels } from "@gerbang/client";
import { useState } from "react";
import type { TripPurpose } from "../generated/graphql.ts";
import { Absent, Field, Screen, useCountries, useVisaTypes } from "../parts.tsx";
import { useWords } from "../texts.ts";

export function Eligibility() {
  const { t, word, money, validity } = useWords();
  const [nationality, setNationality] = useState("");
  const [purpose, setPurpose] = useState<TripPurpose | "">("");
  const { visaTypes, fetching, error } = useVisaTypes(nationality, purpose);
  const within = (targets: (typeof visaTypes)[number]["current"]["serviceTargets"]) => {
    const target = targets.find(({ clock }) => clock === "STANDARD");
    return target?.workingDays
      ? `${target.workingDays} ${t("workingDays")}`
      : `${target?.hours} ${t("hours")}`;
  };
  return (
    <Screen title="eligibility" lead="eligibilityLead">
      <div className="row">
        <Field
          place="nationality"
          text="nationality"
          options={useCountries()}
          value={nationality}
          choose={setNationality}
        />
        <Field
          place="tripPurpose"
          text="purpose"
          options={Object.keys(labels.TripPurpose).map((one) => [one, word("TripPurpose", one)])}
          value={purpose}
          choose={(chosen) => setPurpose(chosen as TripPurpose | "")}
        />
      </div>
      {(fetching || error) && <Absent fetching={fetching} error={error} />}
      {nationality && !fetching && !error && !visaTypes.length && (
        <p className="notice">{t("noVisa")}</p>
      )}
      <ul className="cards">
        {visaTypes.map((visa) => (
          <li key={visa.code} className="card">
            <h2>
              <span className="code">{visa.code}</span> {visa.name}
            </h2>
            <dl>
              <dt>{t("stay")}</dt>
              <dd>
                {visa.stayDays} {t("days")}
              </dd>
              <dt>{t("fee")}</dt>
              <dd>
                {visa.current.fees.map(({ useWithinDays, price }) => (
                  <div key={useWithinDays}>
                    {money(price)} · {t("validity")} {validity(useWithinDays)}
                  </div>
                ))}
              </dd>
              <dt>{t("target")}</dt>
              <dd>{within(visa.current.serviceTargets)}</dd>
              <dt>{t("bring")}</dt>
              <dd>
                {visa.current.requiredDocuments.map(({ kind }) => word("DocumentKind", kind)).join(", ")}
              </dd>
            </dl>
          </li>
        ))}
      </ul>
    </Screen>
  );
}
