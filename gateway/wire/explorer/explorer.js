// Runs operations as a demo user, and shows the schema as that user's role sees it.
"use strict";

const element = (id) => document.getElementById(id);
const INTROSPECTION = `{ __schema { types { name kind description
  fields { name description type { ...named } args { name type { ...named } } }
  inputFields { name type { ...named } } enumValues { name } } } }
fragment named on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

async function headers() {
  const result = { "Content-Type": "application/json", Accept: "application/graphql-response+json" };
  const user = element("user").value.trim();
  const role = element("role").value.trim();
  if (role) result["Gerbang-Role"] = role;
  if (user) {
    const response = await fetch(`/development/users/${encodeURIComponent(user)}/token`, { method: "POST" });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error_description);
    result.Authorization = `Bearer ${answer.access_token}`;
  }
  return result;
}

async function ask(query, variables) {
  const body = JSON.stringify({ query, variables });
  return fetch("/graphql", { method: "POST", headers: await headers(), body });
}

async function run() {
  const startedAt = performance.now();
  try {
    const response = await ask(element("query").value, JSON.parse(element("variables").value || "{}"));
    element("answer").textContent = JSON.stringify(await response.json(), null, 2);
    element("status").textContent = `${response.status} in ${Math.round(performance.now() - startedAt)} ms`;
  } catch (error) {
    element("answer").textContent = error.message;
    element("status").textContent = "not sent";
  }
}

function typeName(type) {
  if (type.kind === "NON_NULL") return `${typeName(type.ofType)}!`;
  if (type.kind === "LIST") return `[${typeName(type.ofType)}]`;
  return type.name;
}

function described(field) {
  const given = (field.args || []).map((each) => `${each.name}: ${typeName(each.type)}`).join(", ");
  const type = field.type ? `: ${typeName(field.type)}` : "";
  return `${field.name}${given ? `(${given})` : ""}${type}`;
}

function line(tag, text, note) {
  const result = document.createElement(tag);
  result.append(text);
  if (note) result.append(document.createElement("br"), Object.assign(document.createElement("span"), { textContent: note }));
  return result;
}

let types = [];

function showSchema() {
  const wanted = element("search").value.trim().toLowerCase();
  const list = document.createElement("dl");
  for (const type of types) {
    const members = type.fields || type.inputFields || type.enumValues || [];
    const whole = type.name.toLowerCase().includes(wanted);
    const shown = members.filter((each) => whole || each.name.toLowerCase().includes(wanted));
    if (!whole && !shown.length) continue;
    list.append(line("dt", type.name, type.description));
    shown.forEach((each) => list.append(line("dd", described(each), each.description)));
  }
  element("schema").replaceChildren(list);
}

async function readSchema() {
  try {
    const answer = await (await ask(INTROSPECTION)).json();
    types = answer.data ? answer.data.__schema.types.filter((type) => !type.name.startsWith("__")) : [];
    showSchema();
    if (!answer.data) element("schema").textContent = answer.errors[0].message;
  } catch (error) {
    element("schema").textContent = error.message;
  }
}

async function listUsers() {
  const response = await fetch("/development/users");
  if (!response.ok) return;
  const { users } = await response.json();
  element("users").replaceChildren(...users.map(({ name, roles }) => new Option(roles.join(", "), name)));
}

element("asking").addEventListener("submit", (event) => { event.preventDefault(); run(); });
element("user").addEventListener("change", readSchema);
element("role").addEventListener("change", readSchema);
element("search").addEventListener("input", showSchema);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
listUsers();
readSchema();
