// The checklist of a file: what is there, and how what is missing gets there.

import { useId, useState } from "react";
import { useClient } from "urql";
import type { DocumentKind, UploadState } from "../generated/graphql.ts";
import { useWords } from "../texts.ts";
import { FORMATS, send } from "../upload.ts";

type Listed = { kind: DocumentKind; recordedAt: string | null };
type Sent = { kind: DocumentKind; state: UploadState };

/** `takes` says whether somebody who looks at it may hand in what it lists. */
export function Checklist({ id, documents, uploads, takes, done }: {
  id: string;
  documents: readonly Listed[];
  uploads: readonly Sent[];
  takes: boolean;
  done: () => void;
}) {
  const { t, word, day } = useWords();
  if (!documents.length) return null;
  const waits = (kind: DocumentKind, state: UploadState) =>
    uploads.some((sent) => sent.kind === kind && sent.state === state);
  const stands = ({ kind, recordedAt }: Listed) =>
    waits(kind, "PENDING")
      ? t("beingScanned")
      : waits(kind, "REFUSED")
        ? t("scannerRefused")
        : waits(kind, "CHANGED")
          ? t("changed")
          : waits(kind, "REGISTERED")
            ? t("registered")
            : recordedAt
              ? `${t("there")} ${day(recordedAt)}`
              : t("missing");
  return (
    <>
      <h3>{t("documents")}</h3>
      <ul className="checklist">
        {documents.map((listed) => (
          <li key={listed.kind}>
            {takes ? (
              <HandIn of={id} kind={listed.kind} done={done} />
            ) : (
              <span>{word("DocumentKind", listed.kind)}</span>
            )}
            <small>{stands(listed)}</small>
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
