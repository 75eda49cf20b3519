# SPDX-License-Identifier: Apache-2.0
"""Goal: tools/check_coroutines finds captures, references and locks of coroutines in whatever shape
they are written, and nothing in code that is none."""

import importlib.machinery
import importlib.util
import os
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(ROOT, "tools", name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


tool = load("check_coroutines")

CAPTURES, REFERENCE, LOCK = "captures", "reference", "lock"

# what, source, (line, word of the finding)...
SHAPES = [
    ("captures by reference", "auto f = [&]() -> Task<void> {\n  co_return;\n};", (1, CAPTURES)),
    ("captures this", "run([this] {\n  co_await g();\n});", (1, CAPTURES)),
    ("captures a value", "run([x = std::move(y)](int a) mutable -> Task<Result<int>> {\n  co_return a;\n});",
     (1, CAPTURES)),
    ("with template parameters", "auto f = [=]<class T>(T t) -> Task<T> { co_return t; };", (1, CAPTURES)),
    ("returned", "Task<int> f() {\n  return [&]() -> Task<int> { co_return 1; }();\n}", (2, CAPTURES)),
    ("captures nothing", "auto f = [](int* a) -> Task<void> { co_return; };"),
    ("a plain lambda inside of a coroutine", "Task<void> f() {\n  auto g = [&] { return 1; };\n  co_await h(g());\n}"),
    ("a coroutine inside of a plain lambda", "auto f = [&] {\n  auto g = []() -> Task<void> { co_return; };\n};"),
    ("an index is no lambda", "Task<void> f() {\n  for (auto& a : b[i]) {\n    co_await a;\n  }\n}"),
    ("reference", "Task<void> f(const A& a) {\n  co_await a.b();\n}", (1, REFERENCE)),
    ("second parameter, member, const", "Task<Result<int>> A::f(int a, B& b) const {\n  co_return 1;\n}",
     (1, REFERENCE)),
    ("rvalue reference", "Detached f(Task<void>&& a) {\n  co_await a;\n}", (1, REFERENCE)),
    ("a lambda's", "auto f = [](auto& a) -> Task<void> { co_await a; };", (1, REFERENCE)),
    ("by the macros", "Task<Status> f(A& a) {\n  HK_CO_TRY(a.b());\n}", (1, REFERENCE)),
    ("in a nested block", "Task<void> f(A& a) {\n  if (a) {\n    co_await b();\n  }\n}", (1, REFERENCE)),
    ("reference inside of a type", "Task<void> f(std::function<void(const A&)> a) { co_await b(a); }"),
    ("default argument", "Task<void> f(int a = b & c) { co_return; }"),
    ("pointer and value", "Task<void> f(A* a, B b) { co_return; }"),
    ("not a coroutine", "Task<void> f(A& a) {\n  return g(&a);\n}"),
    ("lock", "Task<void> f() {\n  const std::lock_guard lock(mutex_);\n  co_await g();\n}", (3, LOCK)),
    ("lock with its type, braces, outer block",
     "Task<void> f() {\n  std::unique_lock<std::mutex> lock{mutex_};\n  if (a) {\n    co_await g();\n  }\n}", (4, LOCK)),
    ("lock in a block of its own", "Task<void> f() {\n  {\n    const std::lock_guard lock(m);\n  }\n  co_await g();\n}"),
    ("lock and the end", "Task<int> f() {\n  const std::lock_guard lock(m);\n  co_return a;\n}"),
    ("lock in an inner lambda", "Task<void> f() {\n  auto g = [] {\n    const std::lock_guard lock(m);\n  };\n  co_await h(g);\n}"),
    ("a comment", "// co_await\nvoid f(A& a) {\n  g(\"co_await\");  // co_return\n}"),
]


class CoroutinesKeepWhatTheyUse(unittest.TestCase):
    def test_each_shape(self):
        for what, source, *expected in SHAPES:
            with self.subTest(what):
                found = tool.findings(source + "\n")
                self.assertEqual([line for line, _ in found], [line for line, _ in expected], found)
                for (_, text), (_, word) in zip(found, expected):
                    self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
