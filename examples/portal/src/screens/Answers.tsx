// What is asked for: a field for each answer, and what was answered, for those who may read it.

import { Mistakes, mistakesOf } from "@gerbang/client";
import { useState } from "react";
import { useClient, useMutation } from "urql";
import { graphql } from "../generated/index.ts";
import type {
  AnswerInformationInput,
  AnswerKind,
  DocumentKind,
  MyAnswersQuery,
  RequestedItemKind,
} from "../generated/graphql.ts";
import { AGAIN, Elsewhere, Field, Wrong, useCountries, valuesOf } from "../parts.tsx";
import { useWords } from "../texts.ts";
import { HandIn } from "./Documents.tsx";

const Answer = graphql(`
  mutation Answer($input: AnswerInformationInput!) {
    answerInformation(input: $input) {
      application { id stage }
      errors { code message path }
    }
  }
`);

// It says where somebody lives, and each read is logged: asked for when somebody wants to see it.
const MyAnswers = graphql(`
  query MyAnswers($id: ID!) {
    node(id: $id) {
      ... on Application {
        requestedItems(first: 20) {
          nodes { kind answer { text day country street city province postalCode } }
        }
      }
    }
  }
`);

/** The field of a value that holds an answer of each type; an item without one is a document. */
const FIELDS = { TEXT: "text", DATE: "day", COUNTRY: "country", ADDRESS: "address" } as const;
const ADDRESS = ["street", "city", "province", "postalCode"] as const;

type Asked = { kind: RequestedItemKind; note?: string | null; answeredWith: AnswerKind | null };
type Question = Asked & { answeredWith: AnswerKind };
const isQuestion = (asked: Asked): asked is Question => asked.answeredWith !== null;

export function AskedFor({ id, items }: { id: string; items: readonly Asked[] }) {
  const { t } = useWords();
  const [{ fetching }, answer] = useMutation(Answer);
  const [mistakes, setMistakes] = useState(new Mistakes([]));
  const documents = items.filter((asked) => !isQuestion(asked));
  const questions = items.filter(isQuestion);

  async function handIn(form: FormData) {
    const given = valuesOf(form) as { answers?: Record<number, { value: object }> };
    const input = {
      idempotencyKey: crypto.randomUUID(),
      applicationId: id,
      items: documents.map(({ kind }) => kind),
      answers: questions.map(({ kind }, number) => ({ kind, value: {}, ...given.answers?.[number] })),
    } as AnswerInformationInput;
    const { data, error } = await answer({ input });
    setMistakes(mistakesOf(data?.answerInformation, error?.graphQLErrors));
  }

  return (
    <Wrong value={mistakes}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void handIn(new FormData(event.currentTarget));
        }}
      >
        <Elsewhere mistakes={mistakes} places={questions.flatMap(placesOf)} />
        <ul>
          {documents.map(({ kind, note }) => (
            <li key={kind}>
              <HandIn of={id} kind={kind as DocumentKind} done={() => {}} />
              {note && <small>{note}</small>}
            </li>
          ))}
        </ul>
        {questions.map((asked, number) => (
          <Question key={asked.kind} {...asked} number={number} />
        ))}
        <button disabled={fetching}>{t(questions.length ? "handInAnswers" : "answer")}</button>
      </form>
    </Wrong>
  );
}

function placesOf({ answeredWith }: Question, number: number) {
  const place = `answers.${number}.value.${FIELDS[answeredWith]}`;
  return answeredWith === "ADDRESS" ? ADDRESS.map((name) => `${place}.${name}`) : [place];
}

function Question({ kind, note, answeredWith, number }: Question & { number: number }) {
  const { word } = useWords();
  const place = `answers.${number}.value.${FIELDS[answeredWith]}`;
  const label = word("RequestedItemKind", kind);
  if (answeredWith === "ADDRESS")
    return (
      <fieldset className="card">
        <legend>{label}</legend>
        {note && <p>{note}</p>}
        {ADDRESS.map((name) => (
          <Field key={name} place={`${place}.${name}`} text={name} />
        ))}
      </fieldset>
    );
  return (
    <>
      {answeredWith === "COUNTRY" ? (
        <CountryField place={place} label={label} />
      ) : (
        <Field place={place} label={label} type={answeredWith === "DATE" ? "date" : "text"} />
      )}
      {note && <small>{note}</small>}
    </>
  );
}

function CountryField({ place, label }: { place: string; label: string }) {
  const [value, choose] = useState("");
  return <Field place={place} label={label} options={useCountries()} value={value} choose={choose} />;
}

export function OwnAnswers({ id }: { id: string }) {
  const { t } = useWords();
  const client = useClient();
  const [items, setItems] = useState<Items>();

  async function show() {
    const { data } = await client.query<MyAnswersQuery>(MyAnswers, { id }, AGAIN).toPromise();
    if (data?.node?.__typename === "Application") setItems(data.node.requestedItems.nodes);
  }

  if (items?.some(({ answer }) => answer)) return <Answers items={items} />;
  if (items) return <p>{t("none")}</p>;
  return (
    <p>
      <button className="quiet" onClick={() => void show()}>
        {t("answered")}
      </button>{" "}
      <small>{t("answeredNote")}</small>
    </p>
  );
}

type Mine = Extract<MyAnswersQuery["node"], { __typename: "Application" }>;
type Items = Mine["requestedItems"]["nodes"];

/** What was answered; an item that is missing or a document has no answer. */
export function Answers({ items }: { items: Items }) {
  const { word, day } = useWords();
  const answers = items.flatMap(({ kind, answer }, number) => (answer ? [{ kind, answer, number }] : []));
  if (!answers.length) return null;
  return (
    <dl className="answers">
      {answers.map(({ kind, answer, number }) => [
        <dt key={number}>{word("RequestedItemKind", kind)}</dt>,
        <dd key={`${number} is`}>
          {[answer.text, answer.day && day(answer.day), answer.country, ...ADDRESS.map((name) => answer[name])]
            .filter(Boolean)
            .join(", ")}
        </dd>,
      ])}
    </dl>
  );
}
