"""What the README and the guide for users of the Python reference show is run."""

import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "MIGRATION.md"]


def blocks(document: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (FOLDER / document).read_text(), re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_document_has_examples(document: str) -> None:
    assert len(blocks(document)) >= 2


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples_run_one_after_the_other(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(blocks(document)):
        exec(compile(block, f"{document}, example {number}", "exec"), names)
    assert os.getcwd() == str(tmp_path)
