// The portal: who is signed in, and which screens that role has.

import { StrictMode, useEffect, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Provider, useQuery } from "urql";
import { gateway } from "./gateway.ts";
import { graphql } from "./generated/index.ts";
import { Absent } from "./parts.tsx";
import { Apply } from "./screens/Apply.tsx";
import { ClaimFile } from "./screens/Claim.tsx";
import { Complaints } from "./screens/Complaints.tsx";
import { OpenDecision } from "./screens/Decision.tsx";
import { DecidedFiles } from "./screens/Deliveries.tsx";
import { OfficersDesk } from "./screens/Desk.tsx";
import { Eligibility } from "./screens/Eligibility.tsx";
import { Group } from "./screens/Group.tsx";
import { MyApplications } from "./screens/Mine.tsx";
import { PartnersApplications } from "./screens/Partner.tsx";
import { TrackMyFile } from "./screens/Track.tsx";
import { returning, signIn, signOut } from "./session.ts";
import { Speaking, keepLanguage, language, useWords, type Text } from "./texts.ts";
import "./style.css";

const Viewer = graphql(`
  query Viewer {
    viewer { name role }
  }
`);

/** The screens of each role, by the name in the address. */
const SCREENS: Record<string, readonly Text[]> = {
  ANONYMOUS: ["eligibility", "track", "decision"],
  APPLICANT: ["mine", "apply", "claim", "complaints", "eligibility"],
  PARTNER_AGENT: ["group", "partner"],
  PARTNER_MANAGER: ["partner"],
  PARTNER_SERVICE: ["deliveries"],
  OFFICER: ["desk"],
};

function show(screen: Text | undefined, role: string): ReactNode {
  switch (screen) {
    case "eligibility":
      return <Eligibility />;
    case "track":
      return <TrackMyFile />;
    case "decision":
      return <OpenDecision />;
    case "apply":
      return <Apply done={() => (location.hash = "mine")} />;
    case "claim":
      return <ClaimFile done={() => (location.hash = "mine")} />;
    case "mine":
      return <MyApplications />;
    case "group":
      return <Group />;
    case "desk":
      return <OfficersDesk />;
    case "partner":
      return <PartnersApplications acts={role === "PARTNER_AGENT"} />;
    case "complaints":
      return <Complaints />;
    case "deliveries":
      return <DecidedFiles />;
    default:
      return <Elsewhere />;
  }
}

function Elsewhere() {
  const { t } = useWords();
  return (
    <main>
      <p className="notice">{t("elsewhere")}</p>
    </main>
  );
}

/** The part of the address after #, which says which screen is open. */
function useHash(): string {
  const [hash, setHash] = useState(location.hash.slice(1));
  useEffect(() => {
    const follow = () => setHash(location.hash.slice(1));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return hash;
}

function Portal() {
  const [speaking, setSpeaking] = useState(language());
  useEffect(() => {
    document.documentElement.lang = speaking;
    keepLanguage(speaking);
  }, [speaking]);
  return (
    <Speaking value={speaking}>
      <Frame other={speaking === "id" ? "en" : "id"} speak={setSpeaking} />
    </Speaking>
  );
}

function Frame({ other, speak }: { other: "en" | "id"; speak: (language: "en" | "id") => void }) {
  const { t, word } = useWords();
  const [{ data, fetching, error }] = useQuery({ query: Viewer });
  const hash = useHash();
  const viewer = data?.viewer;
  if (!viewer) return <Absent fetching={fetching} error={error} />;
  const screens = SCREENS[viewer.role] ?? [];
  const open = screens.find((screen) => screen === hash) ?? screens[0];
  return (
    <>
      <header className="top">
        <span className="brand">{t("portal")}</span>
        <nav>
          {screens.length > 1 &&
            screens.map((screen) => (
              <a key={screen} href={`#${screen}`} aria-current={screen === open ? "page" : undefined}>
                {t(screen)}
              </a>
            ))}
        </nav>
        <span className="who">
          {viewer.name && `${viewer.name}, ${word("Role", viewer.role)}`}
          <button className="plain" lang={other} onClick={() => speak(other)}>
            {other === "id" ? "Bahasa Indonesia" : "English"}
          </button>
          {viewer.role === "ANONYMOUS" ? (
            <button onClick={() => void signIn(document.documentElement.lang)}>{t("signIn")}</button>
          ) : (
            <button className="plain" onClick={() => void signOut()}>
              {t("signOut")}
            </button>
          )}
        </span>
      </header>
      {show(open, viewer.role)}
    </>
  );
}

await returning();
createRoot(document.getElementById("portal")!).render(
  <StrictMode>
    <Provider value={gateway}>
      <Portal />
    </Provider>
  </StrictMode>,
);
