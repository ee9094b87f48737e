-- The rows that a new database begins with.

INSERT INTO data_version (data) VALUES ('figures'), ('published'), ('names');

-- How many days an applicant has to pay, under each billing code and in all, and to answer: what was
-- asked for, and an intention to refuse.
INSERT INTO deadline (wait, valid_from, days) VALUES
    ('PAYMENT', '2019-01-01', 14), ('BILLING_CODE', '2019-01-01', 7), ('ANSWER', '2019-01-01', 14),
    ('INTENTION', '2019-01-01', 14);

-- Partitions of tables that grow for ever: of this quarter and of the next ones.
SELECT make_partition(relname::text, now() + quarters * interval '3 months')
FROM pg_partitioned_table JOIN pg_class ON pg_class.oid = partrelid, generate_series(0, 2) AS quarters
WHERE relnamespace = 'public'::regnamespace;
