// Answers the bench's questions with Mercurius on Fastify: queries compiled by graphql-jit.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import { GraphQLScalarType } from 'graphql'

import { loaders, one, page, partners } from './rows.js'
import { schema } from './schema.js'

/** Resolves to the row that a key leads to, read with all others of its level. */
const link = (name, key) => (row, _, { load }) =>
  row[key] === null ? null : load[name].load(row[key])

/** Resolves to the first rows of a list, read with those of all others of its level. */
const list = (name, key) => async (row, { first }, { load }) => ({
  nodes: await load[name].load({ key: row[key], first }),
})

const resolvers = {
  DateTime: new GraphQLScalarType({
    name: 'DateTime',
    serialize: (text) => text.replace(' ', 'T'),
  }),
  Query: {
    application: (_, { by }) => one(by.reference),
    applications: async (_, { first, where }) => ({
      nodes: await page(where.status.in, where.submittedAt.before, first),
    }),
    partners: async (_, { first }) => ({ nodes: await partners(first) }),
  },
  Application: {
    submittedAt: (row) => row.submitted_at,
    country: link('country', 'country_code'),
    visaType: link('visaType', 'visa_type_code'),
    partner: link('partner', 'partner_code'),
    applicant: link('applicant', 'applicant_id'),
    decision: link('decision', 'current_decision_id'),
    events: list('events', 'id'),
    decisions: list('decisions', 'id'),
  },
  Country: { name: (row) => row.name_en },
  VisaType: { name: (row) => row.name_en },
  Partner: { centres: list('centres', 'code') },
  Applicant: { nationality: link('country', 'nationality_code') },
  Decision: { decidedAt: (row) => row.decided_at },
  Event: { occurredAt: (row) => row.occurred_at },
}

const app = Fastify()
app.register(mercurius, { schema, resolvers, jit: 1, context: () => ({ load: loaders() }) })
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
