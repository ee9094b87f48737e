"""What figures mean: statistics, and the claims that are made of a viewer's own figures."""
