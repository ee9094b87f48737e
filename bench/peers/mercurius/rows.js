// Reads rows: one prepared statement for each way that links lead, and only the columns asked for.

import DataLoader from 'dataloader'
import pg from 'pg'

// Instants stay the text that the database wrote.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text)

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL),
  idleTimeoutMillis: 0,
})

const APPLICATION = `
  SELECT id, reference, stage, status, submitted_at, country_code, visa_type_code, partner_code,
    applicant_id, current_decision_id
  FROM application
`
const PAGE = `${APPLICATION}
  WHERE status = ANY ($1::text[]) AND submitted_at < $2
  ORDER BY submitted_at DESC, id DESC
  LIMIT $3
`
const LINKS = {
  country: 'SELECT code AS key, code, name_en FROM country WHERE code = ANY ($1::text[])',
  visaType: 'SELECT code AS key, code, name_en FROM visa_type WHERE code = ANY ($1::text[])',
  partner: 'SELECT code AS key, code, name FROM partner WHERE code = ANY ($1::text[])',
  applicant: `
    SELECT id AS key, id, nationality_code
    FROM applicant WHERE id = ANY ($1::uuid[])`,
  decision: `
    SELECT id AS key, outcome, decided_at
    FROM decision WHERE id = ANY ($1::uuid[])`,
}
// The first rows of each key; $2 is how many.
const LISTS = {
  events: list('kind, occurred_at', 'application_event', 'application_id', 'uuid', 'sequence'),
  decisions: list(
    'outcome, decided_at', 'decision', 'application_id', 'uuid', 'decided_at DESC, id DESC'
  ),
  centres: list('code, city', 'centre', 'partner_code', 'text', 'code'),
}

export const page = (statuses, before, first) => ask('page', PAGE, [statuses, before, first])

export async function one (reference) {
  const [row] = await ask('one', `${APPLICATION} WHERE reference = $1`, [reference])
  return row ?? null
}

export const partners = (first) =>
  ask('partners', 'SELECT code, name FROM partner ORDER BY code LIMIT $1', [first])

/** Loaders for one request: each reads the rows of a level in one statement. */
export function loaders () {
  const ones = Object.entries(LINKS).map(([name, text]) => [name, loaderOfOne(name, text)])
  const lists = Object.entries(LISTS).map(([name, text]) => [name, loaderOfList(name, text)])
  return Object.fromEntries([...ones, ...lists])
}

function list (columns, table, key, type, order) {
  return `
    SELECT key, ${columns}
    FROM unnest($1::${type}[]) AS key
    CROSS JOIN LATERAL (
      SELECT * FROM ${table} WHERE ${key} = key ORDER BY ${order} LIMIT $2
    ) AS row`
}

function loaderOfOne (name, text) {
  return new DataLoader(async (keys) => {
    const rows = await ask(name, text, [keys])
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return keys.map((key) => byKey.get(key) ?? null)
  })
}

/** Loads by { key, first }; all that a request loads of one list are as long. */
function loaderOfList (name, text) {
  const load = async (asked) => {
    const keys = asked.map(({ key }) => key)
    const rows = await ask(name, text, [keys, asked[0].first])
    const byKey = new Map(keys.map((key) => [key, []]))
    for (const row of rows) byKey.get(row.key).push(row)
    return keys.map((key) => byKey.get(key))
  }
  return new DataLoader(load, { cacheKeyFn: ({ key }) => key })
}

async function ask (name, text, values) {
  const { rows } = await pool.query({ name, text, values })
  return rows
}
