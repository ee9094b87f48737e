// The links that the database holds by composite keys, by their simple ones.

import { jsonPgSmartTags } from 'postgraphile/utils'

const CENTRES = '(partner_code) references partner (code)|@fieldName partner|@foreignFieldName centres'
const LINKS = {
  country: '(country_code) references country (code)',
  partner: '(partner_code) references partner (code)',
  applicant: '(applicant_id) references applicant (id)',
  decision: '(current_decision_id) references decision (id)',
}
const foreignKey = Object.entries(LINKS).map(
  ([name, key]) => `${key}|@fieldName ${name}|@foreignFieldName applicationsOf${name}`,
)

export const links = jsonPgSmartTags({
  version: 1,
  config: {
    class: { application: { tags: { foreignKey } }, centre: { tags: { foreignKey: CENTRES } } },
  },
})
