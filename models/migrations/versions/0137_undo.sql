-- The column with the code of what a row is about.
CREATE OR REPLACE FUNCTION reference_subject(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN name IN ('eligibility', 'required_document', 'fee', 'service_target')
            THEN 'visa_type_code'
        WHEN name = 'entry_rule' THEN 'country_code'
        WHEN name = 'partner_country' THEN 'partner_code'
        WHEN name = 'deadline' THEN 'wait'
        ELSE 'code'
    END
$$;

-- The rows of a proposal: what each was, what was in force, and what it becomes.
CREATE OR REPLACE FUNCTION compare_reference_rows(kind text, proposed jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
    DECLARE
        row_proposed jsonb;
        name text;
        becomes jsonb;
        was jsonb;
        compared jsonb := '[]';
    BEGIN
        IF kind NOT IN (
            'COUNTRY', 'ENTRY_RULE', 'VISA_TYPE', 'ELIGIBILITY', 'REQUIRED_DOCUMENT', 'FEE',
            'SERVICE_TARGET', 'DEADLINE', 'PARTNER', 'PARTNER_COUNTRY', 'CENTRE'
        ) THEN
            RETURN NULL;
        END IF;
        FOR row_proposed IN SELECT jsonb_array_elements(proposed) LOOP
            name := row_proposed ->> 'table';
            IF name = lower(kind) AND compared = '[]'
                OR kind = 'VISA_TYPE' AND name IN ('fee', 'service_target', 'eligibility')
                    AND compared <> '[]'
            THEN
                EXECUTE format('SELECT to_jsonb(jsonb_populate_record(NULL::%I, $1))', name)
                INTO becomes USING row_proposed -> 'after';
                was := reference_row(name, becomes);
                IF may_become(name, was, becomes) AND (
                    compared = '[]' OR becomes ->> reference_subject(name)
                    = compared -> 0 -> 'after' ->> reference_subject(lower(kind))
                ) THEN
                    compared := compared || jsonb_build_object(
                        'table', name, 'before', was, 'after', becomes,
                        'in_force', reference_in_force(name, becomes)
                    );
                    CONTINUE;
                END IF;
            END IF;
            RETURN NULL;
        END LOOP;
        RETURN nullif(compared, '[]');
    END
$$;

-- What is in the tables, and in no change.
CREATE OR REPLACE FUNCTION untold_reference_rows() RETURNS TABLE (
    number bigint, kind text, subject text, effective_on date, targets text[], changed jsonb
) LANGUAGE sql STABLE AS $$
    WITH standing AS (
        SELECT 1 AS place, 'country' AS name, to_jsonb(one) AS image FROM country AS one
        UNION ALL SELECT 2, 'entry_rule', to_jsonb(one) FROM entry_rule AS one
        UNION ALL SELECT 3, 'visa_type', to_jsonb(one) FROM visa_type AS one
        UNION ALL SELECT 4, 'eligibility', to_jsonb(one) FROM eligibility AS one
        UNION ALL SELECT 5, 'fee', to_jsonb(one) FROM fee AS one
        UNION ALL SELECT 6, 'service_target', to_jsonb(one) FROM service_target AS one
        UNION ALL SELECT 7, 'deadline', to_jsonb(one) FROM deadline AS one
        UNION ALL SELECT 8, 'partner', to_jsonb(one) FROM partner AS one
        UNION ALL SELECT 9, 'partner_country', to_jsonb(one) FROM partner_country AS one
        UNION ALL SELECT 10, 'centre', to_jsonb(one) FROM centre AS one
        UNION ALL SELECT 11, 'required_document', to_jsonb(one) FROM required_document AS one
    ), told AS (
        SELECT DISTINCT unnest(reference_change.targets) AS target FROM reference_change
    )
    SELECT
        row_number() OVER (ORDER BY place, target), upper(name), image ->> reference_subject(name),
        (image ->> (reference_days(name))[1])::date, ARRAY[target],
        jsonb_build_array(jsonb_build_object(
            'table', name, 'before', NULL, 'in_force', NULL, 'after', image))
    FROM (SELECT *, name || reference_key(name, image) AS target FROM standing) AS named
    WHERE target NOT IN (SELECT target FROM told)
$$;
