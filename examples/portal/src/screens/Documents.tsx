// The checklist of a file: what is there, and how what is missing gets there.

import { useId, useState } from "react";
import { useClient } from "urql";
import type { DocumentKind } from "../generated/graphql.ts";
import { useWords } from "../texts.ts";
import { FORMATS, send } from "../upload.ts";

type Listed = { kind: DocumentKind; recordedAt: string | null };

/** `takes` says whether somebody who looks at it may hand in what it lists. */
export function Checklist({ id, documents, takes, done }: {
  id: string;
  documents: readonly Listed[];
  takes: boolean;
  done: () => void;
}) {
  const { t, word, day } = useWords();
  if (!documents.length) return null;
  return (
    <>
      <h3>{t("documents")}</h3>
      <ul className="checklist">
        {documents.map(({ kind, recordedAt }) => (
          <li key={kind}>
            {takes ? (
              <HandIn of={id} kind={kind} done={done} />
            ) : (
              <span>{word("DocumentKind", kind)}</span>
            )}
            <small>{recordedAt ? `${t("there")} ${day(recordedAt)}` : t("missing")}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Choose a file, and it is sent: announced by its digest, in pieces, through cuts. */
export function HandIn({ of, kind, done }: { of: string; kind: DocumentKind; done: () => void }) {
  const { t, word } = useWords();
  const gateway = useClient();
  const id = useId();
  const [share, setShare] = useState<number>();
  const [mistake, setMistake] = useState<string>();

  async function hand(file: File | undefined) {
    if (!file) return;
    setMistake(undefined);
    setShare(0);
    setMistake(await send(gateway, of, kind, file, setShare).catch(() => t("cutOff")));
    setShare(undefined);
    done();
  }

  return (
    <div className="field">
      <label htmlFor={id}>{word("DocumentKind", kind)}</label>
      <input
        id={id}
        type="file"
        accept={Object.keys(FORMATS).join()}
        disabled={share !== undefined}
        aria-invalid={Boolean(mistake)}
        {...(mistake && { "aria-describedby": `${id}-mistake` })}
        onChange={({ target }) => void hand(target.files?.[0])}
      />
      {share !== undefined && <progress aria-label={t("sending")} value={share} />}
      {mistake && (
        <p className="mistake" id={`${id}-mistake`} role="alert">
          {mistake}
        </p>
      )}
    </div>
  );
}
