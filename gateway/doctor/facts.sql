-- Everything that decides who may access what, in the schema of the tables ($1) and that of the
-- viewer ($2). Each row is an object and a description of its rights; the rights that an owner has
-- on its own objects are left out.

WITH home AS (
    SELECT oid, CASE nspname WHEN $1 THEN 'public' ELSE 'viewer' END AS name, nspowner, nspacl
    FROM pg_namespace WHERE nspname IN ($1, $2)
),
relation AS (
    SELECT pg_class.*, format('%s.%I', home.name, relname) AS named
    FROM pg_class JOIN home ON home.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
),
function AS (
    SELECT pg_proc.*, home.name AS home,
        format('%s.%I(%s)', home.name, proname, oidvectortypes(proargtypes)) AS named
    FROM pg_proc JOIN home ON home.oid = pronamespace
),
granted AS (
    SELECT 'schema ' || name AS thing, nspowner AS owner, nspacl AS acl FROM home
    UNION ALL
    SELECT 'table ' || named, relowner, relacl FROM relation
    UNION ALL
    SELECT format('column %s.%I', named, attname), relowner, attacl
    FROM relation JOIN pg_attribute ON attrelid = relation.oid AND NOT attisdropped
    UNION ALL
    SELECT 'function ' || named, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM function
)
SELECT format('row security of %s', named) AS thing,
    CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'forced'
        WHEN relrowsecurity THEN 'enabled, but not for its owner' ELSE 'off' END AS so
FROM relation WHERE relkind IN ('r', 'p', 'f')
UNION ALL
SELECT format('row rule %I of %s', polname, named),
    format('%s %s for %s using %s with check %s', CASE WHEN polpermissive THEN 'any' ELSE 'all' END,
        polcmd, ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (polroles) ORDER BY 1),
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
FROM pg_policy JOIN relation ON relation.oid = polrelid
UNION ALL
SELECT format('grant of %s on %s to %s', lower(privilege_type), thing,
        coalesce(rolname, 'PUBLIC')),
    CASE WHEN is_grantable THEN 'to be passed on' ELSE 'granted' END
FROM granted
CROSS JOIN LATERAL aclexplode(acl) AS entry
LEFT JOIN pg_roles ON pg_roles.oid = entry.grantee
WHERE entry.grantee <> granted.owner AND acl IS NOT NULL
UNION ALL
SELECT format('trigger %I of %s', tgname, relation.named),
    format('%s; fires: %s', pg_get_triggerdef(pg_trigger.oid), tgenabled)
FROM pg_trigger JOIN relation ON relation.oid = tgrelid
WHERE NOT tgisinternal
UNION ALL
SELECT format('event trigger %I', evtname), format('calls %s', evtfoid::regproc)
FROM pg_event_trigger WHERE $1 = 'public'
UNION ALL
SELECT format('function %s', named), pg_get_functiondef(oid)
FROM function WHERE prokind IN ('f', 'p')
UNION ALL
SELECT format('rights of its owner in function %s', named), 'security definer'
FROM function WHERE prosecdef AND NOT (
    -- Nobody calls a trigger, and none of ours looks anything up on a path of the caller's.
    prorettype = 'trigger'::regtype AND EXISTS (
        SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%'
    )
)
UNION ALL
SELECT format('leak proof of function %s', named), 'said to be' FROM function WHERE proleakproof
UNION ALL
SELECT format('rewriting rule %I of %s', rulename, named), 'there'
FROM pg_rewrite JOIN relation ON relation.oid = ev_class AND relkind IN ('r', 'p')
