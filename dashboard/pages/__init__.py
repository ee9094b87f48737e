"""The pages: each has a layout, and one callback that turns an address into what is seen."""
