// Answers the bench's questions with PostGraphile: a schema read from the database, and Grafast's
// plans. With a seal in its environment it acts, as its documentation advises, in a database role
// under row security, by settings of each request's transaction.

import { createServer } from 'node:http'

import pg from 'pg'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'

import { links } from './links.js'
import { sealed } from './sealed.js'

const { DATABASE_URL, POOL, PORT, ROLE } = process.env
const service = makePgService({
  connectionString: DATABASE_URL,
  schemas: ['public'],
  poolConfig: { max: Number(POOL), idleTimeoutMillis: 0 },
  ...(ROLE && { pgSettingsForIntrospection: { role: ROLE } }),
})
const pgSettings = () => ({ viewer: sealed(), role: ROLE })
// The adaptor sends all settings of a transaction in one statement of its own. The row rules take a
// viewer from a function alone, so that statement calls it.
const SETTINGS = `
  SELECT CASE el ->> 0 WHEN 'viewer' THEN viewer.authenticate(el ->> 1)::text
    ELSE set_config(el ->> 0, el ->> 1, true) END
  FROM json_array_elements($1::json) AS el`
const { query } = pg.Client.prototype
pg.Client.prototype.query = function (asked, ...others) {
  const isOfSettings = /^select set_config\(/i.test(asked?.text)
  return query.call(this, isOfSettings ? { ...asked, text: SETTINGS } : asked, ...others)
}
const server = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [links],
  pgServices: [service],
  // Filters through links would have one name twice, and no question has any.
  disablePlugins: [
    'PgConnectionArgFilterBackwardRelationsPlugin',
    'PgConnectionArgFilterForwardRelationsPlugin',
  ],
  grafserv: { watch: false, graphiql: false },
  ...(ROLE && { grafast: { context: () => ({ pgSettings: pgSettings() }) } }),
}).createServ(grafserv)

const listener = createServer()
listener.on('error', (error) => { throw error })
await server.addTo(listener)
listener.listen(Number(PORT), '127.0.0.1')
