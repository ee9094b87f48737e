// The part of Gerbang's schema that the bench asks for. An id is the bare key.

export const schema = `
  scalar DateTime
  enum Stage { SUBMITTED IN_PROCESS WAITING_FOR_APPLICANT CLOSED }
  enum Status {
    SUBMITTED AWAITING_PAYMENT PAID IN_VERIFICATION INFO_REQUESTED SCREENING
    GRANTED REFUSED REVOKED WITHDRAWN LAPSED PAYMENT_EXPIRED
  }
  enum Outcome { GRANTED REFUSED }

  type Query {
    application(by: ApplicationBy!): Application
    applications(first: Int!, where: ApplicationWhere!): ApplicationConnection!
    partners(first: Int!): PartnerConnection!
  }
  input ApplicationBy { reference: String! }
  input ApplicationWhere { status: StatusFilter! submittedAt: DateTimeFilter! }
  input StatusFilter { in: [Status!]! }
  input DateTimeFilter { before: DateTime! }
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
    events(first: Int!): EventConnection!
    decisions(first: Int!): DecisionConnection!
  }
  type Country { code: ID! name: String! }
  type VisaType { code: ID! name: String! }
  type Partner { code: ID! name: String! centres(first: Int!): CentreConnection! }
  type PartnerConnection { nodes: [Partner!]! }
  type Centre { code: ID! city: String! }
  type CentreConnection { nodes: [Centre!]! }
  type Applicant { id: ID! nationality: Country }
  type Decision { outcome: Outcome! decidedAt: DateTime! }
  type DecisionConnection { nodes: [Decision!]! }
  type Event { kind: String! occurredAt: DateTime! }
  type EventConnection { nodes: [Event!]! }
`
