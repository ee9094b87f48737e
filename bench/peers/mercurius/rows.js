// Reads rows: one prepared statement for each way that links lead, and only the columns asked for.

import DataLoader from 'dataloader'
import pg from 'pg'

// Instants stay the text that the database wrote.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text)

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 10,
  idleTimeoutMillis: 0,
})

const PAGE = `
  SELECT reference, stage, status, submitted_at, country_code, visa_type_code, partner_code,
    applicant_id, current_decision_id
  FROM application
  WHERE status = ANY ($1::text[])
  ORDER BY submitted_at DESC, id DESC
  LIMIT $2
`
const LINKS = {
  country: 'SELECT code AS key, code, name_en FROM country WHERE code = ANY ($1::text[])',
  visaType: 'SELECT code AS key, code, name_en FROM visa_type WHERE code = ANY ($1::text[])',
  partner: 'SELECT code AS key, code, name FROM partner WHERE code = ANY ($1::text[])',
  applicant: `
    SELECT id AS key, id, passport_last_four, nationality_code
    FROM applicant WHERE id = ANY ($1::uuid[])`,
  decision: `
    SELECT id AS key, outcome, decided_at
    FROM decision WHERE id = ANY ($1::uuid[])`,
}

export const page = (statuses, first) => ask('page', PAGE, [statuses, first])

/** Loaders for one request: each reads the rows of a level in one statement. */
export function loaders () {
  const entries = Object.entries(LINKS)
  return Object.fromEntries(entries.map(([name, text]) => [name, loader(name, text)]))
}

function loader (name, text) {
  return new DataLoader(async (keys) => {
    const rows = await ask(name, text, [keys])
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return keys.map((key) => byKey.get(key) ?? null)
  })
}

async function ask (name, text, values) {
  const { rows } = await pool.query({ name, text, values })
  return rows
}
