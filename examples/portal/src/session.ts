// Who is signed in: by authorization code and PKCE, with tokens that are renewed before they end.

import { UserManager, type User } from "oidc-client-ts";

export const api = import.meta.env["VITE_GERBANG"] ?? "http://127.0.0.1:8000";

const provider = new UserManager({
  authority: import.meta.env["VITE_ISSUER"] ?? `${api}/development`,
  client_id: "browser",
  redirect_uri: `${location.origin}/sign-in/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  automaticSilentRenew: false,
});
const SECONDS_LEFT = 5;

export const signIn = (language: string) => provider.signinRedirect({ ui_locales: language });
export const signOut = () => provider.signoutRedirect();

/** Whoever is signed in; the provider sends people back to /sign-in/callback. */
export async function returning(): Promise<User | null> {
  if (location.pathname !== "/sign-in/callback") return provider.getUser();
  const user = await provider.signinRedirectCallback().catch(() => null);
  history.replaceState(null, "", "/");
  return user;
}

let renewal: Promise<User | null> | undefined;

/** An access token that is still good. A refresh token serves once: all who wait share one renewal. */
export async function token(): Promise<string> {
  const user = await provider.getUser();
  if (user && (user.expires_in ?? 0) > SECONDS_LEFT) return user.access_token;
  if (!user) return "";
  renewal ??= provider.signinSilent().finally(() => (renewal = undefined));
  return (await renewal.catch(() => null))?.access_token ?? user.access_token;
}
