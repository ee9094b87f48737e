"""What a page is about, as plain values: its state, periods, filters, measures, figures."""
