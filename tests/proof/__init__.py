"""`make proof`: the tests that take long, in parts that can be run one by one."""
