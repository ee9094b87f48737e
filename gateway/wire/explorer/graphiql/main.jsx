// GraphiQL with a bar above it: who asks, in which role, and for which purpose.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/style.css";
import { parse } from "graphql";
import { createClient } from "graphql-ws";
import { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import "./cancellations.js";
import "./main.css";
import { Asking, ROLES_PLUGIN } from "./roles.jsx";
import * as signIn from "./sign_in.js";
import "./workers.js";

const WS_URL = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
const PLUGINS = [HISTORY_PLUGIN, ROLES_PLUGIN];
const PURPOSES = ["CASEWORK", "SUPERVISION", "AUDIT"];
const EXAMPLE = "# Who asks, in which role and for which purpose is chosen above.\n{\n  viewer { subject role }\n}\n";

/** The headers of a request: those of the bar, under those that the headers editor names. */
async function headersFor(chosen, typed = {}) {
  const token = await signIn.token(chosen.user);
  const { role, purpose, reference } = chosen;
  return {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(token && role && { "gerbang-role": role }),
    ...(purpose && { "gerbang-purpose": `${purpose}; reference=${reference}` }),
    ...Object.fromEntries(Object.entries(typed).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** What is asked, parsed now: GraphiQL's own reading is a moment behind the editor, and chooses socket or HTTP by it. */
function documentOf(query) {
  try {
    return parse(query);
  } catch {
    return undefined; // the gateway says what is wrong with it, and where
  }
}

function fetcherFor(chosen) {
  return async (parameters, options) => {
    const headers = await headersFor(chosen, options?.headers);
    const wsClient = createClient({ url: WS_URL, connectionParams: () => headersFor(chosen, options?.headers) });
    const fetcher = createGraphiQLFetcher({ url: "/graphql", headers, wsClient });
    return fetcher(parameters, { ...options, documentAST: documentOf(parameters.query) });
  };
}

function Bar({ users, chosen, choose, roles }) {
  const set = (name) => (event) => choose({ ...chosen, [name]: event.target.value });
  return (
    <form className="bar" onSubmit={(event) => event.preventDefault()}>
      <strong>Gerbang</strong>
      {users && (
        <>
          <label>User <select value={chosen.user} onChange={(event) => choose({ ...chosen, user: event.target.value, role: "" })}>
            <option value="">nobody</option>
            {signIn.signedIn() && <option value={signIn.ME}>{signIn.signedIn()} (signed in)</option>}
            {users.map(({ name }) => <option key={name}>{name}</option>)}
          </select></label>
          {signIn.signedIn()
            ? <button type="button" onClick={signIn.end}>Sign out</button>
            : <button type="button" onClick={signIn.begin}>Sign in</button>}
        </>
      )}
      {!users && <span>Put your token into Headers: {"{\"Authorization\": \"Bearer …\"}"}</span>}
      <label>Role <select value={chosen.role} onChange={set("role")} disabled={roles.length < 2}>
        {roles.length < 2 && <option value="">{roles[0] ?? "ANONYMOUS"}</option>}
        {roles.length > 1 && roles.map((role) => <option key={role}>{role}</option>)}
      </select></label>
      <label>Purpose <select value={chosen.purpose} onChange={set("purpose")}>
        <option value="">none</option>
        {PURPOSES.map((purpose) => <option key={purpose}>{purpose}</option>)}
      </select></label>
      {chosen.purpose && <label>for <input value={chosen.reference} onChange={set("reference")} placeholder="7K3M-9QPX-2F4D" /></label>}
    </form>
  );
}

function Explorer({ users }) {
  const me = signIn.signedIn() ? signIn.ME : "";
  const [chosen, setChosen] = useState({ user: me, role: "", purpose: "", reference: "" });
  const roles = chosen.user === signIn.ME ? signIn.roles() : users?.find(({ name }) => name === chosen.user)?.roles ?? [];
  const role = roles.length > 1 ? chosen.role || roles[0] : "";
  const effective = { ...chosen, role };
  const fetcher = useMemo(() => fetcherFor(effective), Object.values(effective));
  const asking = {
    users,
    headersOf: (user) => headersFor({ ...chosen, user, role: "" }),
    choose: (user) => setChosen({ ...chosen, user, role: "" }),
  };
  return (
    <>
      <Bar users={users} roles={roles} chosen={effective} choose={setChosen} />
      {/* Each role has a schema of its own, so another one begins anew. */}
      <Asking.Provider value={asking}>
        <GraphiQL key={`${chosen.user} ${role}`} fetcher={fetcher} plugins={PLUGINS} defaultQuery={EXAMPLE} shouldPersistHeaders={false} inputValueDeprecation />
      </Asking.Provider>
    </>
  );
}

async function start() {
  await signIn.finish();
  createRoot(document.getElementById("explorer")).render(<Explorer users={await signIn.users()} />);
}

start();
