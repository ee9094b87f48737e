-- Back to a database that is only read.

DROP TABLE idempotency, deadline;
