// The bytes of a document: announced with their digest, sent piece by piece, resumed after a cut.

import type { Client } from "urql";
import { graphql } from "./generated/index.ts";
import type { DocumentKind, FileFormat } from "./generated/graphql.ts";
import { api, token } from "./session.ts";
import { language, texts } from "./texts.ts";

const Announce = graphql(`
  mutation Announce($input: RequestUploadInput!) {
    requestUpload(input: $input) { upload { id ticket } errors { code message path } }
  }
`);

export const FORMATS: Record<string, FileFormat> = {
  "application/pdf": "PDF",
  "image/jpeg": "JPEG",
  "image/png": "PNG",
};
/** Pieces of four parts: after a cut, less than one of them is sent again. */
const PIECE = 4 << 20;
const CUTS = 20;
const PAUSE = 1_000;

/** Hand a document in; what is wrong with it, in words, or nothing. `tell` hears how much is there. */
export async function send(
  gateway: Client,
  applicationId: string,
  kind: DocumentKind,
  file: File,
  tell: (share: number) => void,
): Promise<string | undefined> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const input = {
    applicationId,
    kind,
    format: FORMATS[file.type] ?? "PDF",
    size: file.size,
    sha256: [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    idempotencyKey: crypto.randomUUID(),
  };
  const { data, error } = await gateway.mutation(Announce, { input });
  const payload = data?.requestUpload;
  if (!payload?.upload) return payload?.errors[0]?.message ?? error?.message;
  return sendTo(new URL(payload.upload.ticket, api).href, file, tell);
}

async function sendTo(ticket: string, file: File, tell: (share: number) => void) {
  let offset = 0;
  for (let cuts = 0; cuts < CUTS; ) {
    const end = Math.min(offset + PIECE, file.size);
    const range = offset < file.size ? `${offset}-${end - 1}` : "*";
    const headers = { "content-range": `bytes ${range}/${file.size}` };
    const answer = await ask(ticket, "PUT", headers, file.slice(offset, end));
    if (answer?.status === 201 || answer?.status === 200) return undefined;
    if (answer?.status === 202) offset = Number(answer.headers.get("upload-offset"));
    else if (answer && answer.status < 500 && ![408, 409, 429].includes(answer.status)) return words(answer);
    else {
      // Cut off, refused for now, or behind what another attempt sent: ask how far it is, and go on.
      cuts += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      offset = Number((await ask(ticket, "HEAD"))?.headers.get("upload-offset") ?? offset);
    }
    tell(offset / file.size);
  }
  return texts.cutOff[language() === "id" ? 1 : 0];
}

/** No answer is a line that was cut. */
async function ask(ticket: string, method: string, headers = {}, body: Blob | null = null) {
  const own = { authorization: `Bearer ${await token()}`, "accept-language": language() };
  return fetch(ticket, { method, body, headers: { ...headers, ...own } }).catch(() => undefined);
}

async function words(answer: Response): Promise<string> {
  return ((await answer.json()) as { errors: { message: string }[] }).errors[0]!.message;
}
