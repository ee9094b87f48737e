// The few parts that screens are made of.

import { Mistakes, labels, type Labelled } from "@gerbang/client";
import { createContext, use, useEffect, useId, useState, type ReactNode } from "react";
import { useClient, useQuery, useSubscription, type CombinedError } from "urql";
import { graphql } from "./generated/index.ts";
import type { ChangedSubscription, CountriesQuery, TripPurpose } from "./generated/graphql.ts";
import { useWords, type Text } from "./texts.ts";

export function Screen({ title, lead, children }: { title: Text; lead: Text; children: ReactNode }) {
  const { t } = useWords();
  return (
    <main>
      <h1>{t(title)}</h1>
      <p className="lead">{t(lead)}</p>
      {children}
    </main>
  );
}

/** What was wrong with the last attempt at a form, for its fields. */
export const Wrong = createContext(new Mistakes([]));

/** A field of a form, whose name is its place in the input, with what is wrong about it. */
export function Field({ place, text, label, ...rest }: Named & Given) {
  const { t } = useWords();
  const id = useId();
  const mistake = use(Wrong).at(`input.${place}`);
  const described = {
    id,
    name: place,
    "aria-invalid": Boolean(mistake),
    ...(mistake && { "aria-describedby": `${id}-mistake` }),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label ?? (text && t(text))}</label>
      {"options" in rest ? (
        <select {...described} value={rest.value} onChange={(event) => rest.choose(event.target.value)}>
          <option value="">{t(rest.none ?? "choose")}</option>
          {rest.options.map(([value, shown]) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      ) : "rows" in rest ? (
        <textarea {...described} rows={rest.rows} />
      ) : (
        <input
          {...described}
          type={rest.type ?? "text"}
          autoComplete={rest.autoComplete ?? "off"}
          onChange={(event) => rest.see?.(event.target.value)}
        />
      )}
      {mistake && (
        <p className="mistake" id={`${id}-mistake`}>
          {mistake}
        </p>
      )}
    </div>
  );
}

/** A text of the portal, or a word of the gateway. */
type Named = { place: string; text?: Text; label?: string };
type Given =
  | {
      type?: "text" | "date" | "email" | "tel" | "checkbox";
      autoComplete?: string;
      see?: (value: string) => void;
    }
  | { rows: number }
  | { none?: Text; options: readonly (readonly [string, string])[]; value: string; choose: (value: string) => void };

/** Mistakes that no field of the form shows, and that there are others. */
export function Elsewhere({ mistakes, places }: { mistakes: Mistakes; places: readonly string[] }) {
  const { t } = useWords();
  if (!mistakes.length) return null;
  const others = mistakes.elsewhere(places.map((place) => `input.${place}`));
  return (
    <div className="notice wrong" role="alert">
      {others.length ? others.map(({ message }) => <p key={message}>{message}</p>) : <p>{t("wrong")}</p>}
    </div>
  );
}

/** What stands in place of data that are not there: they load, or could not be had. */
export function Absent({ fetching, error }: { fetching: boolean; error?: CombinedError | undefined }) {
  const { t } = useWords();
  if (error) return <p className="notice wrong" role="alert">{error.graphQLErrors[0]?.message ?? error.message}</p>;
  return <p className="lead" role="status">{fetching ? t("loading") : t("none")}</p>;
}

const Countries = graphql(`
  query Countries($language: Language!, $after: Cursor) {
    countries(first: 100, after: $after) {
      nodes { code name(language: $language) }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** Every country by name, as options of a field. */
export function useCountries(): readonly (readonly [string, string])[] {
  const gateway = useClient();
  const { enumLanguage, speaking } = useWords();
  const [countries, setCountries] = useState<(readonly [string, string])[]>([]);
  useEffect(() => {
    let isWanted = true;
    void (async () => {
      const all: [string, string][] = [];
      let page: CountriesQuery["countries"] | undefined;
      do {
        const after: string | null = page?.pageInfo.endCursor ?? null;
        const { data } = await gateway.query(Countries, { language: enumLanguage, after });
        page = data?.countries;
        page?.nodes.forEach(({ code, name }) => all.push([code, name]));
      } while (page?.pageInfo.hasNextPage);
      if (isWanted) setCountries(all.sort(([, a], [, b]) => a.localeCompare(b, speaking)));
    })();
    return () => void (isWanted = false);
  }, [gateway, enumLanguage, speaking]);
  return countries;
}

const VisaTypes = graphql(`
  query VisaTypes($nationality: CountryCode!, $purpose: TripPurpose, $language: Language!) {
    eligibleVisaTypes(nationality: $nationality, purpose: $purpose) {
      code
      name(language: $language)
      stayDays
      current {
        fees { useWithinDays price { amount currency } }
        serviceTargets { clock hours workingDays }
        requiredDocuments { kind }
        needsGuarantor
      }
    }
  }
`);

/** The visas that a nationality can apply for, for a purpose. */
export function useVisaTypes(nationality: string, purpose: TripPurpose | "") {
  const { enumLanguage } = useWords();
  const [{ data, fetching, error }] = useQuery({
    query: VisaTypes,
    variables: { nationality, purpose: purpose || null, language: enumLanguage },
    pause: !nationality,
  });
  return { visaTypes: data?.eligibleVisaTypes ?? [], fetching, error };
}

const Changed = graphql(`
  subscription Changed {
    applicationChanged {
      position
      ... on ApplicationChange { application { id reference stage } }
    }
  }
`);
type Update = ChangedSubscription["applicationChanged"];
type Change = Extract<Update, { __typename: "ApplicationChange" }>["application"];

/** Calls `see` once for each change of an application in reach, also of those during a cut. */
export function useChanges(see: (change: Change) => unknown): void {
  useSubscription({ query: Changed }, (_, payload) => {
    const update = payload.applicationChanged;
    if (update.__typename === "ApplicationChange") see(update.application);
    return payload;
  });
}

/** Save a page that came in base 64. */
export function save(pdf: string, name: string): void {
  const page = Uint8Array.from(atob(pdf), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([page], { type: "application/pdf" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** For queries that a change made stale. */
export const AGAIN = { requestPolicy: "network-only" } as const;

/**
 * What a form holds, by the places that its fields are named by. What is left open is left out, so
 * that the gateway says of each that it is missing.
 */
export function valuesOf(form: FormData): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [place, value] of form) {
    const path = place.split(".");
    const last = path.pop()!;
    const parent = path.reduce((at, step) => (at[step] ??= {}) as typeof values, values);
    // A box that is ticked says so in a word of its own; one that is not says nothing. Days are a number.
    if (value !== "") parent[last] = value === "on" ? true : last === "useWithinDays" ? Number(value) : value;
  }
  return values;
}

type ChoicesOf<T extends string> = {
  of: Labelled;
  text: Text;
  chosen: T[];
  choose: (chosen: T[]) => void;
};

/** Several of a closed list, in the order in which they are chosen. */
export function Choices<T extends string>({ of, text, chosen, choose }: ChoicesOf<T>) {
  const { t, word } = useWords();
  return (
    <details>
      <summary>
        {t(text)}
        {chosen.length > 0 && `: ${chosen.map((one) => word(of, one)).join("; ")}`}
      </summary>
      {(Object.keys(labels[of]) as T[]).map((one) => (
        <label key={one} className="choice">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={({ target }) =>
              choose(target.checked ? [...chosen, one] : chosen.filter((other) => other !== one))
            }
          />{" "}
          {word(of, one)}
        </label>
      ))}
    </details>
  );
}
