// That a visa is to be refused, and why: whoever applies says something to it, once.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../generated/index.ts";
import type { Ground } from "../generated/graphql.ts";
import { Elsewhere, Field, Wrong, valuesOf } from "../parts.tsx";
import { useWords } from "../texts.ts";

const AnswerIntention = graphql(`
  mutation AnswerIntention($input: AnswerIntentionInput!) {
    answerIntention(input: $input) {
      application { id stage }
      errors { code message path }
    }
  }
`);

// A manager of a partner reads no grounds: asked for by who answers.
const Announcement = graphql(`
  query Announcement($id: ID!) {
    node(id: $id) {
      ... on Application { answerBy refusalIntention { grounds note endedAt } }
    }
  }
`);

type Announced = { grounds: readonly Ground[]; note?: string | null; endedAt?: string | null };

export function Intention({ id, answerBy, ...announced }: Announced & { id: string; answerBy?: string | null }) {
  const { t, word, day } = useWords();
  const [{ fetching }, answer] = useMutation(AnswerIntention);
  const [mistakes, setMistakes] = useState(new Mistakes([]));

  async function say(form: FormData) {
    const { text } = valuesOf(form) as { text?: string };
    const input = { idempotencyKey: crypto.randomUUID(), applicationId: id, text: text ?? "" };
    const { data, error } = await answer({ input });
    setMistakes(mistakesOf(data?.answerIntention, error?.graphQLErrors));
  }

  if (announced.endedAt) return null;
  return (
    <div className="notice">
      <p>
        {t("intended")} {answerBy && `${t("answerBy")} ${day(answerBy)}.`}
      </p>
      <ul>
        {announced.grounds.map((ground) => (
          <li key={ground}>{word("Ground", ground)}</li>
        ))}
      </ul>
      {announced.note && <p>{announced.note}</p>}
      <Wrong value={mistakes}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void say(new FormData(event.currentTarget));
          }}
        >
          <Elsewhere mistakes={mistakes} places={["text"]} />
          <Field place="text" text="yourAnswer" rows={4} />
          <button disabled={fetching}>{t("answerOnce")}</button>
        </form>
      </Wrong>
    </div>
  );
}

export function IntentionOfFile({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: Announcement, variables: { id } });
  const file = data?.node?.__typename === "Application" ? data.node : undefined;
  return file?.refusalIntention ? (
    <Intention id={id} answerBy={file.answerBy} {...file.refusalIntention} />
  ) : null;
}
