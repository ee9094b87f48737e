export interface FollowingOptions {
  /** An access token that is still good. */
  token: () => string | Promise<string>;
  /** The role to act in, where a person holds several. */
  role?: string;
  /** For subscriptions that read identity. */
  purpose?: string;
  /** How often to look whether there is a newer token. */
  renewSeconds?: number | undefined;
}

/** Options of graphql-ws: `createClient({ url, ...following({ token }) })`. */
export function following(options: FollowingOptions): {
  connectionParams: () => Promise<Record<string, string>>;
  retryAttempts: number;
  shouldRetry: (reason: unknown) => boolean;
  on: {
    connected: (socket: unknown) => void;
    closed: () => void;
    message: (message: object) => void;
  };
  jsonMessageReplacer: (key: string, value: unknown) => unknown;
};

export interface Mistake {
  code: string;
  /** In the language of `Accept-Language`. */
  message: string;
  path: readonly (string | number)[];
}

/** Mistakes, found by their place in the variables: "input.identity.birthDate". */
export class Mistakes {
  constructor(all: readonly Mistake[]);
  readonly all: readonly (Mistake & { at: string })[];
  readonly length: number;
  /** What is said about a field. */
  at(place: string): string | undefined;
  /** What no field of a form shows, given the places that it has. */
  elsewhere(places: readonly string[]): readonly (Mistake & { at: string })[];
}

/** Everything that is wrong with what was sent: of a mutation's payload, and of its variables. */
export function mistakesOf(
  payload: { errors: readonly Mistake[] } | null | undefined,
  errors?: readonly { message: string; extensions?: Record<string, unknown> | undefined }[],
): Mistakes;

export type Language = "en" | "id";

export type Labelled =
  | "Channel"
  | "DocumentKind"
  | "GuarantorKind"
  | "GuardianRelation"
  | "EventKind"
  | "Ground"
  | "IdentityAbsence"
  | "Outcome"
  | "PublicReason"
  | "RequestedItemKind"
  | "Role"
  | "Sex"
  | "Stage"
  | "Status"
  | "TripPurpose"
  | "VisaCondition";

/** The words for the enums that people read, by value. */
export const labels: Readonly<Record<Labelled, Readonly<Record<string, Record<Language, string>>>>>;

/** A value in words; the value itself where it is newer than this package. */
export function label(of: Labelled, value: string, language: Language): string;

/** Mocks for addMocksToSchema of @graphql-tools/mock: the examples of the schema's descriptions. */
export function mocksOf(schema: { getTypeMap(): object }): Record<string, () => unknown>;
