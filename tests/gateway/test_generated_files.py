"""What is generated from the code is committed, and is what the code says."""

import pytest

from gateway.cli.documents import generated_files


@pytest.mark.proof  # `make check` looks at them before each run of the tests
def test_each_generated_file_is_what_the_code_says() -> None:
    stale = [
        path.name for path, text in generated_files() if path.read_text(encoding="utf-8") != text
    ]
    assert stale == []
