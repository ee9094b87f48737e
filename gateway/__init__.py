"""The GraphQL gateway: one address for applicants, partners and decisions."""
