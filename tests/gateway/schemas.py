"""The schemas of this process, built once: each gateway and each module would build the same again.

Whoever plants a defect in the policy builds anew.
"""

from gateway.execution.schemas import Schemas, build_schemas

SCHEMAS: Schemas = build_schemas()
FULL, VIEWS, CATALOGUE = SCHEMAS.full, SCHEMAS.views, SCHEMAS.catalogue
