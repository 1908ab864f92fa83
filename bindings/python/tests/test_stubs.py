"""The stubs say what the native module has, and nothing else."""

import ast
import inspect
from importlib import resources

from crdt_merge import _native


def stubbed() -> dict[str, ast.stmt]:
    """The names that the stubs declare."""
    tree = ast.parse((resources.files("crdt_merge") / "_native.pyi").read_text())
    return {name: node for node in tree.body for name in names_of(node)}


def names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def test_the_same_names() -> None:
    found = {name for name in vars(_native) if not name.startswith("__")}
    assert found == set(stubbed())


def test_classes_have_the_same_members() -> None:
    for name, node in stubbed().items():
        if isinstance(node, ast.ClassDef):
            declared = {member for part in node.body for member in names_of(part)}
            found = set(vars(getattr(_native, name))) - {"__doc__", "__module__", "__weakref__", "__dict__"}
            assert found == declared, name


def test_functions_take_the_same_arguments() -> None:
    for name, node in stubbed().items():
        target = getattr(_native, name)
        parts = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in parts:
            if isinstance(part, ast.FunctionDef) and not part.decorator_list and part.name != "__new__":
                function = getattr(target, part.name) if isinstance(node, ast.ClassDef) else target
                assert list(inspect.signature(function).parameters) == arguments_of(part), part.name


def arguments_of(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
