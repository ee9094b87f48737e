"""Runs a key service with as little code as it needs: `python alone.py FILE SOCKET`.

`models` imports every table, and SQLAlchemy with them. The process that holds the keys loads none
of that, so it starts at once, and has less that could be wrong.
"""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

_MODELS = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path[0] = str(_MODELS.parent)  # in the place of this folder
    spec = ModuleSpec("models", None, is_package=True)
    spec.submodule_search_locations = [str(_MODELS)]
    sys.modules["models"] = module_from_spec(spec)

    from models.key_service.process import main

    main()
