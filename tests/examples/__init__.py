"""The examples, as somebody who copies them runs them."""
