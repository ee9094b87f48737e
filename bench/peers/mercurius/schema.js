// The part of Gerbang's schema that the page asks for. An id is the bare key.

export const schema = `
  scalar DateTime
  enum Stage { RECEIVED IN_PROCESS WAITING_FOR_APPLICANT CLOSED }
  enum Status {
    SUBMITTED AWAITING_PAYMENT PAID IN_VERIFICATION INFO_REQUESTED SCREENING
    GRANTED REFUSED REVOKED WITHDRAWN LAPSED PAYMENT_EXPIRED
  }
  enum Outcome { GRANTED REFUSED }

  type Query { applications(first: Int!, where: ApplicationFilter!): ApplicationConnection! }
  input ApplicationFilter { status: StatusFilter! }
  input StatusFilter { in: [Status!]! }
  type ApplicationConnection { nodes: [Application!]! }

  type Application {
    reference: String!
    stage: Stage!
    status: Status!
    submittedAt: DateTime!
    country: Country
    visaType: VisaType
    partner: Partner
    applicant: Applicant
    decision: Decision
  }
  type Country { code: ID! name: String! }
  type VisaType { code: ID! name: String! }
  type Partner { code: ID! name: String! }
  type Applicant { id: ID! passportLastFour: String! nationality: Country }
  type Decision { outcome: Outcome! decidedAt: DateTime! }
`
