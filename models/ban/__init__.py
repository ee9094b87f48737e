"""The entry-ban list: its ledger, whom its entries are about, and whom they match."""
