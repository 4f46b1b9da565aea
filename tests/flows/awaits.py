"""Every await of a module: the list of them, and the module with each one watched.

An await, an `async with` (its enter and its exit) and an `async for` (each next) are
points at which other tasks run and a process can be killed. Both the list and the
instrumented module come from the same walk over the syntax tree, so they cannot differ.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

#: What the instrumented code calls; nobody else may use these names.
AWAIT, WITH, EACH = "__watched_await__", "__watched_with__", "__watched_each__"


@dataclass(frozen=True, slots=True)
class Point:
    """One place where a coroutine may be suspended.

    Attributes:
        module: Its dotted name.
        owner: The function, with its class.
        does: What is awaited.
    """

    module: str
    owner: str
    does: str

    def __str__(self) -> str:
        return f"{self.module.removeprefix('jobwire.')}:{self.owner}: {self.does}"


class Watcher(ast.NodeTransformer):
    """Names the points of a module, and has each of them watched."""

    def __init__(self, module: str) -> None:
        self.points: list[Point] = []
        self._module = module
        self._owners: list[str] = []
        self._seen: Counter[tuple[str, str]] = Counter()

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._owned(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._owned(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._owned(node)

    def visit_Await(self, node: ast.Await) -> ast.AST:
        point = self._point("await", node.value)
        self.generic_visit(node)
        node.value = _call(AWAIT, [point], node.value)
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        for item in node.items:
            points = [
                self._point(kind, item.context_expr) for kind in ("enter", "exit")
            ]
            item.context_expr = _call(WITH, points, item.context_expr)
        self.generic_visit(node)
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        node.iter = _call(EACH, [self._point("next of", node.iter)], node.iter)
        self.generic_visit(node)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        if node.is_async:
            node.iter = _call(EACH, [self._point("next of", node.iter)], node.iter)
        self.generic_visit(node)
        return node

    def _owned(self, node: Any) -> ast.AST:
        self._owners.append(node.name)
        self.generic_visit(node)
        self._owners.pop()
        return node  # type: ignore[no-any-return] # the node that came in

    def _point(self, kind: str, expression: ast.expr) -> str:
        called = expression.func if isinstance(expression, ast.Call) else expression
        owner, does = ".".join(self._owners), f"{kind} {ast.unparse(called)}"
        self._seen[owner, does] += 1
        if (count := self._seen[owner, does]) > 1:
            does += f" ({count})"
        point = Point(self._module, owner, does)
        self.points.append(point)
        return str(point)


def _call(name: str, points: Sequence[str], value: ast.expr) -> ast.Call:
    arguments: list[ast.expr] = [ast.Constant(point) for point in points]
    call = ast.Call(ast.Name(name, ast.Load()), [*arguments, value], [])
    return ast.fix_missing_locations(ast.copy_location(call, value))


def points_of(modules: Iterable[str]) -> list[Point]:
    """List the points of modules, without importing them."""
    found = []
    for module in modules:
        spec = importlib.util.find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        watcher = Watcher(module)
        watcher.visit(ast.parse(Path(spec.origin).read_text()))
        found += watcher.points
    return found


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with every point watched; leaves no compiled file."""

    def __init__(self, name: str, path: str, names: Mapping[str, Any]) -> None:
        super().__init__(name, path)
        self._names = names

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = Watcher(fullname).visit(ast.parse(self.get_data(path)))
        return compile(tree, path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(self._names)
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, modules: frozenset[str], names: Mapping[str, Any]) -> None:
        self._modules = modules
        self._names = names

    def find_spec(
        self, fullname: str, path: Any, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._modules:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if found is None or found.origin is None:
            return None
        loader = _Loader(fullname, found.origin, self._names)
        return importlib.util.spec_from_loader(fullname, loader, origin=found.origin)


def watch(modules: Iterable[str], names: Mapping[str, Callable[..., Any]]) -> None:
    """Have modules instrumented when they are imported; none may be already.

    Args:
        modules: Their dotted names.
        names: What `AWAIT`, `WITH` and `EACH` are.
    """
    wanted = frozenset(modules)
    assert wanted.isdisjoint(sys.modules)
    sys.meta_path.insert(0, _Finder(wanted, names))
