// People who travel together, handed in by an agent: all of them, or none.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../generated/index.ts";
import type { SubmitApplicationsInput } from "../generated/graphql.ts";
import { Elsewhere, Screen, Wrong } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { Identity, Trip, attempt } from "./Apply.tsx";

const SubmitGroup = graphql(`
  mutation SubmitGroup($input: SubmitApplicationsInput!) {
    submitApplications(input: $input) {
      results { application { id reference } errors { code message path } }
      errors { code message path }
    }
  }
`);

const PERSON = ["fullName", "birthDate", "passportNumber", "passportExpiresOn", "email", "phone"];
/** What the people of a group have in common. It is said once, and sent for each. */
const SHARED = ["nationality", "tripPurpose", "visaType", "entryOn"];

export function Group() {
  const { t } = useWords();
  const [people, setPeople] = useState([0, 1]);
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const [references, setReferences] = useState<string[]>([]);
  const [{ fetching }, submit] = useMutation(SubmitGroup);

  async function handIn(form: FormData) {
    const { key, values } = attempt(form);
    const [first, ...others] = Object.values(values["applications"] as object);
    const shared = Object.fromEntries(SHARED.map((name) => [name, first[name]]));
    const applications = [first, ...others].map((one) => ({ ...shared, ...one }));
    const input = { idempotencyKey: key, isGroup: true, applications } as SubmitApplicationsInput;
    const { data, error } = await submit({ input });
    const payload = data?.submitApplications;
    const errors = [...(payload?.errors ?? []), ...(payload?.results ?? []).flatMap(({ errors }) => errors)];
    setMistakes(mistakesOf({ errors }, error?.graphQLErrors));
    setReferences(payload?.results.flatMap(({ application }) => application?.reference ?? []) ?? []);
  }

  const places = people.flatMap((number) => [
    ...SHARED.map((name) => `applications.${number}.${name}`),
    ...PERSON.map((name) => `applications.${number}.identity.${name}`),
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
          {references.length > 0 && (
            <p className="notice good" role="status">
              {t("handedIn")} {references.join(", ")}
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
