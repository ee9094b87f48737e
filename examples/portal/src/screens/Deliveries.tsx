// What a partner's own system does once its files are decided: it reads the outcome, and fetches each
// visa once, for the purpose of handing it over.

import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { DeliveriesQuery } from "../generated/graphql.ts";
import { Absent, Screen, save } from "../parts.tsx";
import { useWords } from "../texts.ts";

// An outcome is told until 30 days after the file was closed; after that, decision is null.
const Deliveries = graphql(`
  query Deliveries($after: Cursor) {
    applications(
      first: 20
      after: $after
      where: { stage: { eq: CLOSED } }
      orderBy: { field: SUBMITTED_AT, direction: DESCENDING }
    ) {
      nodes { id reference decision { outcome visa { number useBy revokedAt } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const Fetch = graphql(`
  mutation Fetch($input: FetchVisaInput!, $reference: String!)
  @purpose(code: DELIVERY, reference: $reference) {
    fetchVisa(input: $input) { visaDocument { pdf } errors { code message path } }
  }
`);

export function DecidedFiles() {
  const { t } = useWords();
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, fetching, error }] = useQuery({ query: Deliveries, variables: { after } });
  const page = data?.applications;
  return (
    <Screen title="deliveries" lead="deliveriesLead">
      {!page?.nodes.length && <Absent fetching={fetching} error={error} />}
      <ul className="cards">
        {page?.nodes.map((file) => (
          <li key={file.id} className="card">
            <Decided {...file} />
          </li>
        ))}
      </ul>
      {page?.pageInfo.hasNextPage && (
        <button className="quiet" onClick={() => setAfter(page.pageInfo.endCursor ?? null)}>
          {t("more")}
        </button>
      )}
    </Screen>
  );
}

type File = NonNullable<DeliveriesQuery["applications"]>["nodes"][number];

function Decided({ reference, decision }: File) {
  const { t, word, day } = useWords();
  const [{ fetching }, fetchVisa] = useMutation(Fetch);
  const [mistake, setMistake] = useState<string>();
  const visa = decision?.visa;
  // The same key brings the same document again, should its answer be lost on the way.
  const [key] = useState(() => crypto.randomUUID());

  async function deliver(number: string) {
    const { data, error } = await fetchVisa({ input: { visaNumber: number, idempotencyKey: key }, reference });
    const payload = data?.fetchVisa;
    if (payload?.visaDocument) save(payload.visaDocument.pdf, `${number}.pdf`);
    setMistake(payload?.errors[0]?.message ?? error?.message);
  }

  return (
    <>
      <header>
        <h2 className="reference">{reference}</h2>
        <span className="stage CLOSED">
          {decision ? word("Outcome", decision.outcome) : word("Stage", "CLOSED")}
        </span>
      </header>
      {visa && !visa.revokedAt && (
        <>
          <p>
            {t("visa")} <strong className="code">{visa.number}</strong>, {t("useBy")} {day(visa.useBy)}
          </p>
          <button disabled={fetching} onClick={() => void deliver(visa.number)}>
            {t("fetchVisa")}
          </button>
        </>
      )}
      {mistake && <p role="status">{mistake}</p>}
    </>
  );
}
