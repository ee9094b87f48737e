// Who asks: a demo user picked from the list, or whoever signed in by authorization code and PKCE.

/** Stands for whoever signed in, in the list of users. */
export const ME = "*";
const PROVIDER = "/development";
const BACK = `${location.origin}/graphql`;
const store = sessionStorage;

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The demo users; undefined where this gateway has no sign-in of its own. */
export async function users() {
  const response = await fetch(`${PROVIDER}/users`);
  return response.ok ? (await response.json()).users : undefined;
}

export async function begin() {
  const [verifier, state] = [random(), random()];
  store.setItem("verifier", verifier);
  store.setItem("state", state);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  location.assign(`${PROVIDER}/authorize?${new URLSearchParams({
    client_id: "browser", redirect_uri: BACK, response_type: "code", scope: "openid",
    code_challenge: base64url(digest), code_challenge_method: "S256", state,
  })}`);
}

/** Redeems the code, where the browser has just come back from signing in. */
export async function finish() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state")) return;
  history.replaceState(null, "", "/graphql");
  if (answer.get("state") !== store.getItem("state") || !answer.has("code")) return;
  await redeem({
    grant_type: "authorization_code", code: answer.get("code"), redirect_uri: BACK,
    code_verifier: store.getItem("verifier"),
  });
}

export function end() {
  const hint = session()?.id_token ?? "";
  store.clear();
  location.assign(`${PROVIDER}/sign-out?${new URLSearchParams({
    id_token_hint: hint, post_logout_redirect_uri: BACK,
  })}`);
}

/** The name of whoever signed in. */
export const signedIn = () => claims()?.name;
export const roles = () => claims()?.roles ?? [];

/** A token that is good for a minute more at least; undefined for nobody. */
export async function token(user) {
  if (!user) return undefined;
  if (user === ME) {
    if (claims().exp < Date.now() / 1000 + 60) {
      await redeem({ grant_type: "refresh_token", refresh_token: session().refresh_token });
    }
    return session().access_token;
  }
  const response = await fetch(`${PROVIDER}/users/${encodeURIComponent(user)}/token`, { method: "POST" });
  return (await response.json()).access_token;
}

async function redeem(grant) {
  const body = new URLSearchParams({ client_id: "browser", ...grant });
  const response = await fetch(`${PROVIDER}/token`, { method: "POST", body });
  if (!response.ok) return store.clear();
  store.setItem("session", JSON.stringify(await response.json()));
}

function session() {
  return JSON.parse(store.getItem("session"));
}

function claims() {
  const kept = session();
  return kept && JSON.parse(atob(kept.access_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
}
