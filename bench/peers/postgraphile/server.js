// Answers the page with PostGraphile: a schema read from the database, and Grafast's plans.

import { createServer } from 'node:http'

import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'

import { links } from './links.js'

const service = makePgService({
  connectionString: process.env.DATABASE_URL,
  schemas: ['public'],
  poolConfig: { max: 10, idleTimeoutMillis: 0 },
})
const server = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [links],
  pgServices: [service],
  // Filters through links would have one name twice, and the page has none.
  disablePlugins: [
    'PgConnectionArgFilterBackwardRelationsPlugin',
    'PgConnectionArgFilterForwardRelationsPlugin',
  ],
  grafserv: { watch: false, graphiql: false },
}).createServ(grafserv)

const listener = createServer()
listener.on('error', (error) => { throw error })
await server.addTo(listener)
listener.listen(Number(process.env.PORT), '127.0.0.1')
