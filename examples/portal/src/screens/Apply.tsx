// One application, handed in by whoever travels. Every mistake stands at its field.

import { Mistakes, labels, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../generated/index.ts";
import type { SubmitApplicationInput, TripPurpose } from "../generated/graphql.ts";
import { Elsewhere, Field, Screen, Wrong, useCountries, useVisaTypes, valuesOf } from "../parts.tsx";
import { useWords } from "../texts.ts";

const Submit = graphql(`
  mutation Submit($input: SubmitApplicationInput!) {
    submitApplication(input: $input) {
      application { id reference }
      errors { code message path }
    }
  }
`);

const PLACES = [
  "nationality",
  "tripPurpose",
  "visaType",
  "useWithinDays",
  "entryOn",
  "identity.fullName",
  "identity.birthDate",
  "identity.passportNumber",
  "identity.passportExpiresOn",
  "identity.email",
  "identity.phone",
  "guardian.name",
  "guardian.relation",
  "guardian.phone",
  "guardian.hasConsented",
  "guarantor.kind",
  "guarantor.name",
  "guarantor.registrationNumber",
  "guarantor.address.street",
  "guarantor.address.city",
  "guarantor.address.province",
  "guarantor.address.postalCode",
];

export function Apply({ done }: { done: () => void }) {
  const { t } = useWords();
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const [{ fetching }, submit] = useMutation(Submit);

  async function handIn(form: FormData) {
    const { key, values } = attempt(form);
    const input = { idempotencyKey: key, ...values } as SubmitApplicationInput;
    const { data, error } = await submit({ input });
    const found = mistakesOf(data?.submitApplication, error?.graphQLErrors);
    setMistakes(found);
    if (data?.submitApplication.application) done();
  }

  return (
    <Screen title="apply" lead="applyLead">
      <Wrong value={mistakes}>
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            void handIn(new FormData(event.currentTarget));
          }}
        >
          <Elsewhere mistakes={mistakes} places={PLACES} />
          <Trip />
          <Identity />
          <button disabled={fetching}>{t("handIn")}</button>
        </form>
      </Wrong>
    </Screen>
  );
}

/** The fields of a trip, also for what a group has in common: which visas there are follows from the
 * nationality and the purpose, and for how long from the visa. */
export function Trip({ of = "" }: { of?: string }) {
  const { word, validity, money } = useWords();
  const [chosen, setChosen] = useState({ nationality: "", tripPurpose: "", visaType: "", useWithinDays: "" });
  const { visaTypes } = useVisaTypes(chosen.nationality, chosen.tripPurpose as TripPurpose | "");
  const choose = (name: keyof typeof chosen) => ({
    place: `${of}${name}`,
    value: chosen[name],
    choose: (value: string) => setChosen({ ...chosen, [name]: value }),
  });
  const terms = visaTypes.find(({ code }) => code === chosen.visaType)?.current;
  return (
    <>
      <div className="row">
        <Field {...choose("nationality")} text="nationality" options={useCountries()} />
        <Field
          {...choose("tripPurpose")}
          text="purpose"
          options={Object.keys(labels.TripPurpose).map((one) => [one, word("TripPurpose", one)])}
        />
      </div>
      <div className="row">
        <Field
          {...choose("visaType")}
          text="visaType"
          options={visaTypes.map(({ code, name }) => [code, `${code} · ${name}`])}
        />
        {terms && terms.fees.length > 1 && (
          <Field
            {...choose("useWithinDays")}
            text="validity"
            options={terms.fees.map((fee) => [
              String(fee.useWithinDays),
              `${validity(fee.useWithinDays)} · ${money(fee.price)}`,
            ])}
          />
        )}
        <Field place={`${of}entryOn`} text="entryOn" type="date" />
      </div>
      {terms?.needsGuarantor && <Guarantor of={of} />}
    </>
  );
}

/** Who answers for whoever applies, where the visa needs somebody: for a group, for all of it. */
function Guarantor({ of }: { of: string }) {
  const { t, word } = useWords();
  const [kind, setKind] = useState("COMPANY");
  const at = `${of}guarantor`;
  return (
    <fieldset>
      <legend>{t("guarantor")}</legend>
      <div className="row">
        <Field
          place={`${at}.kind`}
          text="guarantorKind"
          options={Object.keys(labels.GuarantorKind).map((one) => [one, word("GuarantorKind", one)])}
          value={kind}
          choose={setKind}
        />
        <Field place={`${at}.name`} text="guarantorName" />
        <Field place={`${at}.registrationNumber`} text={kind === "PERSON" ? "nik" : "nib"} />
      </div>
      <div className="row">
        <Field place={`${at}.address.street`} text="street" />
        <Field place={`${at}.address.city`} text="city" />
      </div>
      <div className="row">
        <Field place={`${at}.address.province`} text="province" />
        <Field place={`${at}.address.postalCode`} text="postalCode" />
      </div>
    </fieldset>
  );
}

/** The fields of a person, also for each of a group, whose minors an adult of it accompanies. */
export function Identity({ of = "" }: { of?: string }) {
  const [born, setBorn] = useState("");
  const at = `${of}identity`;
  return (
    <>
      <div className="row">
        <Field place={`${at}.fullName`} text="fullName" autoComplete={of ? "off" : "name"} />
        <Field place={`${at}.birthDate`} text="birthDate" type="date" see={setBorn} />
      </div>
      <div className="row">
        <Field place={`${at}.passportNumber`} text="passportNumber" />
        <Field place={`${at}.passportExpiresOn`} text="passportExpiresOn" type="date" />
      </div>
      <div className="row">
        <Field place={`${at}.email`} text="email" type="email" autoComplete={of ? "off" : "email"} />
        <Field place={`${at}.phone`} text="phone" type="tel" autoComplete={of ? "off" : "tel"} />
      </div>
      {born > yearsAgo(18) && born <= yearsAgo(0) && <Guardian of={of} />}
    </>
  );
}

/** Whoever was born after the day 18 years ago may be a minor on the day of entry: the gateway says who is. */
function yearsAgo(years: number): string {
  const day = new Date();
  day.setFullYear(day.getFullYear() - years);
  return day.toISOString().slice(0, 10);
}

/** Who accompanies a minor, and consents. */
function Guardian({ of }: { of: string }) {
  const { t, word } = useWords();
  const [relation, setRelation] = useState("");
  const at = `${of}guardian`;
  return (
    <fieldset>
      <legend>{t("guardian")}</legend>
      {of === "" && (
        <div className="row">
          <Field place={`${at}.name`} text="guardianName" />
          <Field
            place={`${at}.relation`}
            text="guardianRelation"
            options={Object.keys(labels.GuardianRelation).map((one) => [one, word("GuardianRelation", one)])}
            value={relation}
            choose={setRelation}
          />
          <Field place={`${at}.phone`} text="guardianPhone" type="tel" />
        </div>
      )}
      <Field place={`${at}.hasConsented`} text={of ? "groupConsents" : "guardianConsents"} type="checkbox" />
    </fieldset>
  );
}

let last = { key: "", values: "" };

/** What a form holds, with a key of its own: the same values sent again are the same attempt. */
export function attempt(form: FormData) {
  const values = valuesOf(form);
  const written = JSON.stringify(values);
  if (last.values !== written) last = { key: crypto.randomUUID(), values: written };
  return { key: last.key, values };
}
