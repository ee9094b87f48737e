// Mistakes have one form and a place each, whether a mutation answers them or variables that
// could not be read.

const asked = ({ extensions = {}, message }) => ({
  code: extensions.code ?? "UNAVAILABLE",
  // A sentence for developers begins with the place, which `path` has too.
  message: extensions.path ? message.replace(/^`[^`]*`: /, "") : message,
  path: extensions.path ?? [],
});

/**
 * Everything that is wrong with what was sent.
 *
 * @param payload  a mutation's payload with `errors { code message path }`, if there is one
 * @param errors  the `errors` of the answer, such as `graphQLErrors` of urql and Apollo
 */
export const mistakesOf = (payload, errors = []) =>
  new Mistakes([...(payload?.errors ?? []), ...errors.map(asked)]);

/** Mistakes, found by their place in the variables: "input.identity.birthDate". */
export class Mistakes {
  constructor(all) {
    this.all = all.map((mistake) => ({ ...mistake, at: mistake.path.join(".") }));
  }

  get length() {
    return this.all.length;
  }

  /** What is said about a field. */
  at(place) {
    return this.all.find((mistake) => mistake.at === place)?.message;
  }

  /** What no field of a form shows, given the places that it has. */
  elsewhere(places) {
    return this.all.filter((mistake) => !places.includes(mistake.at));
  }
}
