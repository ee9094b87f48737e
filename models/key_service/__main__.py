"""`python -m models.key_service`: see `models.key_service.process`."""

from models.key_service.process import main

main()
