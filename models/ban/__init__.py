"""The entry-ban list: its ledger, the people its entries are about, and the cases they match."""
