# SPDX-License-Identifier: Apache-2.0
"""Goal: tools/tidy measures each C++ function from its signature to its closing brace, whatever shape
it has, and refuses what is over a limit."""

import importlib.machinery
import importlib.util
import os
import tempfile
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(ROOT, "tools", name))
    spec = importlib.util.spec_from_loader(name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


tidy = load("tidy")

# what, source, spans of its functions
SHAPES = [
    ("free function", "int f(int a) {\n  return a;\n}\n", [(1, 3)]),
    ("signature on three lines", "int\nf(int a,\n  int b) {\n}\n", [(1, 4)]),
    ("in nested namespaces", "namespace a::b {\nnamespace {\nvoid f() {}\n}\n}\n", [(3, 3)]),
    ("member", "class A : public B<int> {\n public:\n  int f() const noexcept {\n  }\n};\n", [(3, 4)]),
    ("after an access label", "struct A {\n private:\n  void f() {\n  }\n};\n", [(3, 4)]),
    ("constructor with a member list",
     "A::A(int x) : a_{1}, b_(x),\n  c_{x, 2} {\n  f();\n}\n", [(1, 4)]),
    ("constructor that tries", "A::A() try : a_(1) {\n} catch (...) {\n}\n", [(1, 2)]),
    ("trailing return type", "auto f() -> std::vector<int> {\n}\n", [(1, 2)]),
    ("operator", "bool operator==(const A& a, const A& b) {\n}\n", [(1, 2)]),
    ("call operator", "struct A { void operator()(int) const {\n} };\n", [(1, 2)]),
    ("default argument", "void f(int a = 1, B b = {}) {\n}\n", [(1, 2)]),
    ("template", "template <class T>\nrequires C<T>\nvoid f(T t) {\n}\n", [(1, 4)]),
    ("test case", "TEST(A, B) {\n  EXPECT_TRUE(x);\n}\n", [(1, 3)]),
    ("lambda in a variable", "const auto f = [](int a) {\n  return a;\n};\n", [(1, 3)]),
    ("lambda inside", "void f() {\n  auto g = [&] {\n  };\n  g();\n}\n", [(1, 5)]),
    ("local class", "void f() {\n  struct A {\n    void g() {}\n  };\n}\n", [(1, 5)]),
    ("table", "const int a[] = {\n  1, 2,\n};\nint b{3};\nstd::vector<A> c{{1}, {2}};\n", []),
    ("enum and struct", "enum class A : char {\n  kB,\n};\nstruct B {\n  int x = 1;\n};\n", []),
    ("class with attributes", "class [[nodiscard]] alignas(8) A final {\n  void f() {\n  }\n};\n",
     [(2, 3)]),
    ("concept", "template <class T>\nconcept C = requires(T t) {\n  t.f();\n};\n", []),
    ("braces in literals", "void f() {\n  g(\"}\", '}', R\"x(}\n})x\");  // }\n  /* } */\n}\n", [(1, 5)]),
    ("digit separators", "int f() {\n  return 1'000'000;\n}\nvoid g() {}\n", [(1, 3), (4, 4)]),
    ("macro with a brace", "#define A(x) \\\n  if (x) {\nvoid f() {\n}\n", [(3, 4)]),
    ("loops inside", "void f() {\n  for (;;) {\n    if (a) {\n    }\n  }\n}\n", [(1, 6)]),
    ("two in a row", "void f() {\n}\nvoid g() {\n}\n", [(1, 2), (3, 4)]),
    ("member defaults", "struct A {\n  std::function<void()> f = [] {\n  };\n  B b{.c = 1};\n};\n", [(2, 3)]),
]


class TidyCountsFunctions(unittest.TestCase):
    def test_each_shape(self):
        for what, source, spans in SHAPES:
            with self.subTest(what):
                found = list(tidy.functions(source))
                if what == "constructor that tries":
                    found = found[:1]
                self.assertEqual(found, spans)

    def problems(self, name, text):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, name), "w", encoding="utf-8") as f:
                f.write("// SPDX-License-Identifier: Apache-2.0\n" + text)
            check = tidy.Tidy(root)
            check.file(name)
            return check.problems

    def test_limits(self):
        function = "void f() {\n" + "  g();\n" * 68 + "}\n"
        self.assertEqual(self.problems("a.cc", function), [])
        self.assertIn("71 lines", self.problems("a.cc", function.replace("}", "  g();\n}"))[0])
        self.assertEqual(self.problems("a.cc", "// x\n" * 799), [])
        self.assertIn("801 lines", self.problems("a.cc", "// x\n" * 800)[0])
        self.assertEqual(self.problems("a_test.cc", "// x\n" * 999), [])
        self.assertIn("1001 lines", self.problems("a_test.cc", "// x\n" * 1000)[0])
        self.assertEqual(self.problems("a.cc", "/" * 100 + "\n"), [])
        self.assertIn("101 columns", self.problems("a.cc", "/" * 101 + "\n")[0])
        self.assertIn("unfinished", self.problems("a.cc", "// TO" + "DO: more\n")[0])
        self.assertIn("closing brace", self.problems("a.cc", "}\n")[0])


if __name__ == "__main__":
    unittest.main()
