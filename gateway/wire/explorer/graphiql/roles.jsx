// One document as every role, side by side: who can run it, at which cost, what is refused to whom,
// what each is answered, and how many lines that leaves in the log of reads.
import { useGraphiQL } from "@graphiql/react";
import { parse } from "graphql";
import { createContext, useContext, useState } from "react";

/** `{ users, headersOf(user), choose(user) }`: the demo users, and the bar above. */
export const Asking = createContext();

const NOBODY = "ANONYMOUS";
const LOGGED = `query ($actor: String!, $since: DateTime!) {
  accessEvents(first: 1, where: { actor: { eq: $actor }, occurredAt: { from: $since } }) { totalCount { value } }
}`;

async function post(path, body, headers = {}) {
  const response = await fetch(path, {
    method: "POST",
    // As older clients ask: what is refused comes as an answer, too, and not as a failed request.
    headers: { accept: "application/json", "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** The demo user who has this role alone; empty for nobody, undefined where there is none. */
const userOf = (users, role) =>
  role === NOBODY ? "" : users?.find(({ roles }) => roles.length === 1 && roles[0] === role)?.name;

/** What a user is answered, and how many reads of people that left in the log. */
async function run(asked, user, headersOf) {
  const since = new Date().toISOString();
  const answer = await post("/graphql", asked, await headersOf(user));
  if (!user) return { answer, logged: 0 };
  const counted = await post("/graphql", { query: LOGGED, variables: { actor: user, since } }, await headersOf("auditor"));
  return { answer, logged: counted.data.accessEvents.totalCount.value };
}

/** A change would happen as often as there are roles, and what is followed never ends. */
const isRead = (query) => parse(query).definitions.every(({ operation = "query" }) => operation === "query");

async function compare(asked, { users, headersOf }, show) {
  const verdicts = await post("/graphql/explorer/matrix", asked);
  if (verdicts.errors) throw new Error(verdicts.errors[0].message);
  const columns = verdicts.map((verdict) => ({ ...verdict, user: userOf(users, verdict.role) }));
  show(columns);
  if (!isRead(asked.query)) return;
  // One after the other, so that each line of the log has one cause.
  for (const column of columns) {
    if (!column.canRun || column.user === undefined) continue;
    Object.assign(column, await run(asked, column.user, headersOf));
    show([...columns]);
  }
}

function Column({ role, user, canRun, cost, refused, mistake, takesPurpose, answer, logged, choose }) {
  return (
    <section className="role" aria-label={role}>
      <h3>{role}</h3>
      <p>
        {canRun ? `at most ${cost.toLocaleString("en")}` : "–"}
        {answer && `, was ${answer.extensions.cost.actual.toLocaleString("en")}`}
        {takesPurpose && ", with a purpose"}
        {answer && `, ${logged} in the log`}
      </p>
      {refused.length > 0 && <ul>{refused.map((coordinate) => <li key={coordinate}>{coordinate}</li>)}</ul>}
      {!canRun && (mistake || !refused.length) && <p>{mistake ?? `too costly (${cost.toLocaleString("en")})`}</p>}
      {answer && <pre>{JSON.stringify({ errors: answer.errors, data: answer.data }, null, 2)}</pre>}
      {user && <button type="button" onClick={() => choose(user)}>Ask as {user}</button>}
    </section>
  );
}

function Roles() {
  const asking = useContext(Asking);
  const editors = useGraphiQL(({ queryEditor, variableEditor, operationName }) => ({ queryEditor, variableEditor, operationName }));
  const [columns, setColumns] = useState([]);
  const [mistake, setMistake] = useState("");
  const [isBusy, setBusy] = useState(false);
  async function begin() {
    setBusy(true);
    setMistake("");
    setColumns([]);
    try {
      const variables = JSON.parse(editors.variableEditor?.getValue() || "{}");
      const query = editors.queryEditor.getValue();
      await compare({ query, variables, operationName: editors.operationName }, asking, setColumns);
    } catch (error) {
      setMistake(error.message);
    }
    setBusy(false);
  }
  return (
    <div className="roles">
      <p>The document of the editor, as a demo user of each role. Changes and subscriptions are judged, and not run.</p>
      <button type="button" onClick={begin} disabled={isBusy}>Compare roles</button>
      {mistake && <p role="alert">{mistake}</p>}
      <div className="columns" aria-busy={isBusy}>{columns.map((column) => <Column key={column.role} {...column} choose={asking.choose} />)}</div>
    </div>
  );
}

const Icon = () => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor"><path d="M2 2.5h3.5v11H2zM6.5 2.5H10v11H6.5zM11 2.5h3v11h-3z" /></svg>
);

export const ROLES_PLUGIN = { title: "Side by side", icon: Icon, content: Roles };
