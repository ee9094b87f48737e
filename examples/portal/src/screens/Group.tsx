// People who travel together, handed in by an agent: all of them, or none.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../generated/index.ts";
import type { SubmitApplicationsInput, SubmitGroupMutation } from "../generated/graphql.ts";
import { Elsewhere, Screen, Wrong } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { Identity, Trip, attempt } from "./Apply.tsx";

const SubmitGroup = graphql(`
  mutation SubmitGroup($input: SubmitApplicationsInput!) {
    submitApplications(input: $input) {
      results { application { id reference bill { code fee { amount currency } familyFee { amount currency } dueAt } } errors { code message path } }
      errors { code message path }
    }
  }
`);

/** So many are billed together: one code, and one payment for all. */
const LARGEST_FAMILY = 20;
const PERSON = ["fullName", "birthDate", "passportNumber", "passportExpiresOn", "email", "phone"];
/** What the people of a group have in common. It is said once, and sent for each. */
const SHARED = ["nationality", "tripPurpose", "visaType", "useWithinDays", "entryOn", "guarantor"];

type HandedIn = NonNullable<SubmitGroupMutation["submitApplications"]["results"][number]["application"]>;

export function Group() {
  const { t, day, money } = useWords();
  const [people, setPeople] = useState([0, 1]);
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const [handedIn, setHandedIn] = useState<HandedIn[]>([]);
  const [{ fetching }, submit] = useMutation(SubmitGroup);

  async function handIn(form: FormData) {
    const { key, values } = attempt(form);
    const [first, ...others] = Object.values(values["applications"] as object);
    const shared = Object.fromEntries(SHARED.map((name) => [name, first[name]]));
    const applications = [first, ...others].map((one) => ({
      ...shared,
      ...one,
      ...(one.guardian && { guardian: { ...one.guardian, travelsInGroup: true } }),
    }));
    const input = { idempotencyKey: key, isGroup: true, isBilledTogether: applications.length <= LARGEST_FAMILY, applications } as SubmitApplicationsInput;
    const { data, error } = await submit({ input });
    const payload = data?.submitApplications;
    const errors = [...(payload?.errors ?? []), ...(payload?.results ?? []).flatMap(({ errors }) => errors)];
    setMistakes(mistakesOf({ errors }, error?.graphQLErrors));
    setHandedIn(payload?.results.flatMap(({ application }) => application ?? []) ?? []);
  }

  const bill = handedIn[0]?.bill;
  const places = people.flatMap((number) => [
    ...SHARED.map((name) => `applications.${number}.${name}`),
    ...PERSON.map((name) => `applications.${number}.identity.${name}`),
    `applications.${number}.guardian.hasConsented`,
  ]);
  return (
    <Screen title="group" lead="groupLead">
      <Wrong value={mistakes}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void handIn(new FormData(event.currentTarget));
          }}
        >
          <Elsewhere mistakes={mistakes} places={places} />
          <div className="card">
            <Trip of="applications.0." />
          </div>
          {people.map((number) => (
            <fieldset key={number} className="card">
              <legend>
                {t("person")} {number + 1}
              </legend>
              <Identity of={`applications.${number}.`} />
            </fieldset>
          ))}
          {handedIn.length > 0 && (
            <p className="notice good" role="status">
              {t("handedIn")} {handedIn.map(({ reference }) => reference).join(", ")}
            </p>
          )}
          {bill?.familyFee && (
            <p className="notice">
              {t("pay")}: <strong>{money(bill.familyFee)}</strong>, {t("together")}, {t("payBy")} {day(bill.dueAt)}.{" "}
              {t("payCode")} <span className="code">{bill.code}</span>
            </p>
          )}
          <div className="buttons">
            <button disabled={fetching}>{t("handIn")}</button>
            <button type="button" className="quiet" onClick={() => setPeople([...people, people.length])}>
              {t("addPerson")}
            </button>
          </div>
        </form>
      </Wrong>
    </Screen>
  );
}
