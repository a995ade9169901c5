"""`backout gate --fix`: what it rewrites, what it leaves, and that it does no harm."""

from __future__ import annotations

import stat
from collections.abc import Mapping

import pytest

from backout.actions.cli import main
from backout.actions.fixing.rewriting import Rewrite, rewrite
from backout.core.policy import Forbid
from backout.core.tree import MemoryTree
from support.repository import Repository
from support.symbols import policy_of

OLD = Forbid(symbol="shop.old.Cart", use="shop.new.Basket", except_=("legacy/",))
MODULE = Forbid(module="shop.old", use="shop.new")
WORLD: Mapping[str, str] = {
    "src/shop/__init__.py": "",
    "src/shop/old.py": "class Cart: ...\ndef total(): ...\ndef gone(): ...\n",
    "src/shop/new.py": "class Basket: ...\ndef total(): ...\n",
}


def rewritten(
    files: Mapping[str, str | bytes], *forbid: Forbid
) -> tuple[Rewrite, dict[str, bytes]]:
    """What becomes of the files; rewriting that once more must change nothing."""
    policy = policy_of(*(forbid or (OLD,)))
    before = MemoryTree({**WORLD, **files})
    made = rewrite(before, before.entries, policy)
    after = {path: made.changed.get(path, before.read(path)) for path in before.entries}
    again = rewrite(MemoryTree(after), after, policy)
    assert again.changed == {}
    return made, after


def one(source: str | bytes, *forbid: Forbid, path: str = "src/app.py") -> bytes:
    made, after = rewritten({path: source}, *forbid)
    assert made.left == []
    return after[path]


HARMLESS = [
    ("a file that uses nothing", "x = 1\n"),
    ("the replacement", "from shop.new import Basket\nBasket()\n"),
    ("another package's class", "from other.old import Cart\nCart()\n"),
    ("a local of that name", "def f(Cart):\n    return Cart()\n"),
    ("a comment and a docstring", '"""shop.old.Cart"""\n# shop.old.Cart\n'),
    ("another name of the module", "from shop.old import total\ntotal()\n"),
    ("a method of something", "def f(x):\n    return x.Cart\n"),
]

REWRITTEN = [
    (
        "an import and its uses",
        "from shop.old import Cart\nx = Cart()\n",
        "from shop.new import Basket\nx = Basket()\n",
    ),
    (
        "an alias stays",
        "from shop.old import Cart as C\nx = C()\n",
        "from shop.new import Basket as C\nx = C()\n",
    ),
    (
        "one of many names",
        "from shop.old import Cart, total  # noqa\nCart(total)\n",
        "from shop.old import total  # noqa\nfrom shop.new import Basket\n"
        "Basket(total)\n",
    ),
    (
        "the last of many names",
        "from shop.old import total, Cart\nCart(total)\n",
        "from shop.old import total\nfrom shop.new import Basket\nBasket(total)\n",
    ),
    (
        "a name on its own line with a comment",
        "from shop.old import (\n    Cart,  # the cart\n    total,  # the sum\n)\n"
        "Cart(total)\n",
        "from shop.old import (\n    total,  # the sum\n)\n"
        "from shop.new import Basket  # the cart\nBasket(total)\n",
    ),
    (
        "statements on one line",
        "import a; from shop.old import Cart, total; b = Cart(total)\n",
        "import a; from shop.old import total; from shop.new import Basket; "
        "b = Basket(total)\n",
    ),
    (
        "an import in a function",
        "def f():\n    from shop.old import Cart, total\n    return Cart(total)\n",
        "def f():\n    from shop.old import total\n    from shop.new import Basket\n"
        "    return Basket(total)\n",
    ),
    (
        "a dotted import",
        "import shop.old\nx = shop.old.Cart()\n",
        "import shop.new\nx = shop.new.Basket()\n",
    ),
    (
        "a dotted import that is used for more",
        "import shop.old\nx = shop.old.Cart(shop.old.total())\n",
        "import shop.old\nimport shop.new\nx = shop.new.Basket(shop.old.total())\n",
    ),
    (
        "a module under an alias",
        "import shop.old as o\nx = o.Cart(o.total())\n",
        "import shop.old as o\nfrom shop.new import Basket\nx = Basket(o.total())\n",
    ),
    (
        "a module from its package",
        "from shop import old\nx = old.Cart()\n",
        "from shop.new import Basket\nx = Basket()\n",
    ),
    (
        "two modules, and an import that was there",
        "from shop.new import Basket\nfrom shop.old import Cart\nBasket(Cart)\n",
        "from shop.new import Basket\nBasket(Basket)\n",
    ),
    (
        "an import that was there as one of many",
        "from shop.new import Basket, total\nfrom shop import old\n"
        "Basket(old.Cart, total)\n",
        "from shop.new import Basket, total\nBasket(Basket, total)\n",
    ),
    (
        "a module imported with others",
        "from shop import new, old  # both\nnew.x(old.Cart)\n",
        "from shop import new  # both\nfrom shop.new import Basket\nnew.x(Basket)\n",
    ),
    (
        "a module that was used by nobody before",
        "import shop.other\nfrom shop.old import Cart\nCart()\n",
        "import shop.other\nfrom shop.new import Basket\nBasket()\n",
    ),
    (
        "a module that a comment and a text still name",
        "from shop import old, new\nf('old')\nold.Cart()\nnew.x  # see new\n",
        "from shop import old, new\nfrom shop.new import Basket\nf('old')\n"
        "Basket()\nnew.x  # see new\n",
    ),
    (
        "an import that a linter was told about",
        "from shop import old, new  # noqa: F401\nold.Cart(new)\n",
        "from shop import old, new  # noqa: F401\nfrom shop.new import Basket\n"
        "Basket(new)\n",
    ),
    (
        "an expression on several lines",
        "import shop.old\nx = (shop .\n     old . Cart)()\n",
        "import shop.new\nx = (shop.new.Basket)()\n",
    ),
    (
        "decorators, bases and annotations",
        "from shop.old import Cart\n\n\n@Cart\nclass A(Cart):\n"
        "    def f(self, x: Cart | None) -> 'list[Cart]': ...  # about it\n",
        "from shop.new import Basket\n\n\n@Basket\nclass A(Basket):\n"
        "    def f(self, x: Basket | None) -> 'list[Basket]': ...  # about it\n",
    ),
    (
        "a type comment",
        "from shop.old import Cart\nx = f()  # type: Cart\n",
        "from shop.new import Basket\nx = f()  # type: Basket\n",
    ),
    (
        "a patched name",
        "mock.patch('shop.old.Cart')\npatch(\"shop.old:Cart\")\n",
        "mock.patch('shop.new.Basket')\npatch(\"shop.new:Basket\")\n",
    ),
    (
        "a name that shadows it elsewhere",
        "from shop.old import Cart\n\n\ndef f(Cart):\n    return Cart\n\n\nCart()\n",
        "from shop.new import Basket\n\n\ndef f(Cart):\n    return Cart\n\n\nBasket()\n",
    ),
    (
        "the new name means something else here",
        "from shop.old import Cart\nBasket = 1\nCart(Basket)\n",
        "from shop.new import Basket as Cart\nBasket = 1\nCart(Basket)\n",
    ),
    (
        "a name in __all__ stays public",
        "from shop.old import Cart\n\n__all__ = ['Cart']\nCart()\n",
        "from shop.new import Basket as Cart\n\n__all__ = ['Cart']\nCart()\n",
    ),
    (
        "a name imported for others stays",
        "from shop.old import Cart\n",
        "from shop.new import Basket as Cart\n",
    ),
    (
        "both branches of a type check",
        "if TYPE_CHECKING:\n    from shop.old import Cart\nelse:\n"
        "    from shop.old import Cart\nCart()\n",
        "if TYPE_CHECKING:\n    from shop.new import Basket\nelse:\n"
        "    from shop.new import Basket\nBasket()\n",
    ),
    (
        "a source root in front",
        "from src.shop.old import Cart\nCart()\n",
        "from src.shop.new import Basket\nBasket()\n",
    ),
    (
        "Windows line ends",
        "from shop.old import Cart, total\r\nCart(total)\r\n",
        "from shop.old import total\r\nfrom shop.new import Basket\r\n"
        "Basket(total)\r\n",
    ),
    (
        "a file without a last line end",
        "from shop.old import Cart, total",
        "from shop.old import total\nfrom shop.new import Basket as Cart",
    ),
    (
        "a byte order mark",
        "\ufefffrom shop.old import Cart\nCart('é')\n",
        "\ufefffrom shop.new import Basket\nBasket('é')\n",
    ),
]

MODULES = [
    (
        "names from it",
        "from shop.old import total\ntotal()\n",
        "from shop.new import total\ntotal()\n",
    ),
    (
        "an import of it",
        "import shop.old\nshop.old.total()\n",
        "import shop.new\nshop.new.total()\n",
    ),
    (
        "an alias of it",
        "import shop.old as o\no.total()\n",
        "import shop.new as o\no.total()\n",
    ),
    (
        "it from its package",
        "from shop import old\nold.total()\n",
        "from shop import new\nnew.total()\n",
    ),
]  # fmt: skip

LEFT = [
    ("a star", "from shop.old import *\nCart()\n", [(1, "a star import does not say")]),
    (
        "a lookup by text",
        "from shop import old\ngetattr(old, 'Cart')\n",
        [(2, "put together or looked up at run time")],
    ),
    (
        "a fallback under the same name",
        "try:\n    from shop.old import Cart\nexcept ImportError:\n    Cart = None\n",
        [(2, "Cart is bound again at line 4")],
    ),
    (
        "a name that a function declares global",
        "from shop.old import Cart\ndef f():\n    global Cart\n    Cart()\n",
        [(1, "global or nonlocal"), (4, "global or nonlocal")],
    ),
]


def table(cases: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(before, after, id=name) for name, before, after in cases]


@pytest.mark.parametrize("source", [pytest.param(s, id=name) for name, s in HARMLESS])
def test_what_names_nothing_forbidden_stays(source: str) -> None:
    made, _ = rewritten({"src/app.py": source})
    assert (made.changed, made.left) == ({}, [])


@pytest.mark.parametrize(("before", "after"), table(REWRITTEN))
def test_a_use_is_rewritten_and_all_else_stays(before: str, after: str) -> None:
    assert one(before).decode() == after


@pytest.mark.parametrize(("before", "after"), table(MODULES))
def test_a_module_is_replaced(before: str, after: str) -> None:
    assert one(before, MODULE).decode() == after


@pytest.mark.parametrize(
    ("source", "left"), [pytest.param(s, left, id=name) for name, s, left in LEFT]
)
def test_what_is_ambiguous_is_left_with_its_reason(
    source: str, left: list[tuple[int, str]]
) -> None:
    made, after = rewritten({"src/app.py": source})
    assert after["src/app.py"].decode() == source
    assert [use.use.span[0] for use in made.left] == [line for line, _ in left]
    for found, (_, reason) in zip(made.left, left, strict=True):
        assert reason in found.reason


def test_a_relative_import_stays_relative() -> None:
    source = "from .old import Cart\nfrom . import old\nCart(old.Cart)\n"
    assert one(source, path="src/shop/views.py").decode() == (
        "from .new import Basket\nBasket(Basket)\n"
    )


def test_what_another_file_took_from_it_follows_that_file() -> None:
    made, after = rewritten(
        {"src/consts.py": "from shop.old import Cart\nPI = Cart.pi\n",
         "src/app.py": "from consts import PI\nfrom shop.old import Cart\nCart(PI)\n"}
    )  # fmt: skip
    assert made.left == []
    assert after["src/consts.py"] == b"from shop.new import Basket\nPI = Basket.pi\n"
    assert after["src/app.py"] == (
        b"from consts import PI\nfrom shop.new import Basket\nBasket(PI)\n"
    )


def test_a_part_under_another_files_name_is_not_taken_for_the_whole() -> None:
    made, after = rewritten(
        {"src/consts.py": "from shop.old import Cart\nPI = Cart.pi\n",
         "src/app.py": "import consts\nprint(consts.PI)\n"}
    )  # fmt: skip
    assert made.left == []
    assert after["src/app.py"] == b"import consts\nprint(consts.PI)\n"


def test_what_another_file_took_stays_where_that_file_cannot_be_rewritten() -> None:
    made, after = rewritten(
        {"src/consts.py": "from shop.old import *\nPI = Cart.pi\n",
         "src/app.py": "from consts import PI\nprint(PI)\n"}
    )  # fmt: skip
    assert {left.use.path for left in made.left} == {"src/consts.py", "src/app.py"}
    assert after["src/app.py"] == b"from consts import PI\nprint(PI)\n"


def test_a_module_that_another_file_takes_from_here_stays() -> None:
    _, after = rewritten(
        {"src/a.py": "from shop import old, new\nold.Cart(new)\n",
         "src/b.py": "from a import old\n"}
    )  # fmt: skip
    assert after["src/a.py"] == (
        b"from shop import old, new\nfrom shop.new import Basket\nBasket(new)\n"
    )


def test_a_package_keeps_what_it_imports() -> None:
    source = "from shop import old, new\nold.Cart(new)\n"
    assert one(source, path="src/other/__init__.py") == (
        b"from shop import old, new\nfrom shop.new import Basket\nBasket(new)\n"
    )


def test_dots_do_not_lead_out_of_a_source_root() -> None:
    forbid = Forbid(symbol="shop.old.Cart", use="store.Basket")
    _, after = rewritten(
        {"src/store.py": "class Basket: ...\n",
         "src/shop/views.py": "from .old import Cart\nCart()\n"},
        forbid,
    )  # fmt: skip
    assert after["src/shop/views.py"] == b"from store import Basket\nBasket()\n"


def test_an_encoding_is_kept() -> None:
    source = "# coding: latin-1\nfrom shop.old import Cart\nCart('é')\n"
    assert one(source.encode("latin-1")) == (
        source.replace("old", "new").replace("Cart", "Basket").encode("latin-1")
    )


def test_bytes_of_no_encoding_in_a_comment_are_kept() -> None:
    source = b"# caf\xe9\nfrom shop.old import Cart # \xff\nCart()\n"
    assert one(source) == source.replace(b"old", b"new").replace(b"Cart", b"Basket")


def test_a_name_that_another_file_imports_from_here_stays() -> None:
    _, after = rewritten(
        {"src/a.py": "from shop.old import Cart\nCart()\n",
         "src/b.py": "from a import Cart\nCart()\n",
         "tests/test_a.py": "mock.patch('a.Cart')\n"}
    )  # fmt: skip
    assert after["src/a.py"] == b"from shop.new import Basket as Cart\nCart()\n"
    assert after["src/b.py"] == b"from shop.new import Basket\nBasket()\n"
    assert after["tests/test_a.py"] == b"mock.patch('a.Cart')\n"


@pytest.mark.parametrize(
    ("forbid", "reason"),
    [
        pytest.param(
            Forbid(symbol="shop.old.Cart", use="shop.new.Nothing"),
            "shop.new has no Nothing",
            id="a name that is not there",
        ),
        pytest.param(
            Forbid(symbol="shop.old.Cart", use="the new one"),
            "`use: the new one` is no dotted name",
            id="words instead of a name",
        ),
        pytest.param(
            Forbid(symbol="shop.old.Cart", use="shop.again.Basket"),
            "shop.again.Basket is shop.old.Cart under another name",
            id="the old thing under a new name",
        ),
        pytest.param(
            Forbid(module="shop.old", use="shop.new"),
            "shop.new has no Cart",
            id="a module without that name",
        ),
    ],
)
def test_a_replacement_that_is_none_is_not_written(forbid: Forbid, reason: str) -> None:
    made, after = rewritten(
        {"src/app.py": "from shop.old import Cart\nCart()\n",
         "src/shop/again.py": "from .old import Cart as Basket\n"},
        forbid,
    )  # fmt: skip
    assert after["src/app.py"] == b"from shop.old import Cart\nCart()\n"
    assert reason in {
        left.reason for left in made.left if left.use.path == "src/app.py"
    }


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("src/shop/old.py", "class Cart: ...\nCart()\n", id="at home"),
        pytest.param(
            "legacy/a.py", "from shop.old import Cart\n", id="in an exception"
        ),
        pytest.param(
            "docs/a.py", "from shop.old import Cart\n", id="in what is ignored"
        ),
    ],
)
def test_what_is_allowed_is_not_rewritten(path: str, source: str) -> None:
    made, _ = rewritten({path: source})
    assert (made.changed, made.left) == ({}, [])


POLICY = """\
version: 1
source-roots: [src]
migrations:
  m:
    forbid: [{symbol: shop.old.Cart, use: shop.new.Basket}]
"""
USE = "from shop.old import Cart\nx = Cart()\n"
FIXED = "from shop.new import Basket\nx = Basket()\n"


@pytest.fixture
def here(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repo.path)
    repo.commit({**WORLD, "backout.yaml": POLICY, "src/b.py": USE})
    return repo


def test_staged_files_are_rewritten_and_no_others(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.stage({"src/a.py": USE})
    (here.path / "src/a.py").chmod(0o755)
    assert main(["gate", "--fix"]) == 0
    assert capsys.readouterr().out == (
        "src/a.py: rewritten, 2 uses\n"
        "1 file rewritten, something is left in 0. Look at them, then git add.\n"
    )
    assert (here.path / "src/a.py").read_text() == FIXED
    assert stat.S_IMODE((here.path / "src/a.py").stat().st_mode) == 0o755
    assert (here.path / "src/b.py").read_text() == USE


def test_all_files_are_rewritten_with_all(here: Repository) -> None:
    here.write({"src/new.py": USE})
    assert main(["gate", "--all", "--fix"]) == 0
    assert (here.path / "src/b.py").read_text() == FIXED
    assert (here.path / "src/new.py").read_text() == FIXED
    assert main(["gate", "--all", "--only", "forbidden-symbol"]) == 0


def test_a_difference_is_shown_and_nothing_written(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", "--all", "--fix", "--diff"]) == 1
    assert capsys.readouterr().out == (
        "--- a/src/b.py\n+++ b/src/b.py\n@@ -1,3 +1,3 @@\n-from shop.old import Cart\n"
        "-x = Cart()\n+from shop.new import Basket\n+x = Basket()\n \n"
    )
    assert (here.path / "src/b.py").read_text() == USE


def test_a_file_with_changes_that_are_not_staged_is_left(
    here: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    here.stage({"src/a.py": USE})
    here.write({"src/a.py": USE + "y = 1\n"})
    assert main(["gate", "--fix"]) == 1
    assert "src/a.py  it has changes that are not staged" in capsys.readouterr().out
    assert (here.path / "src/a.py").read_text() == USE + "y = 1\n"


def test_line_ends_that_git_gives_on_disk_are_kept(here: Repository) -> None:
    here.stage({"src/a.py": USE})
    here.write({"src/a.py": USE.replace("\n", "\r\n")})
    assert main(["gate", "--fix"]) == 0
    assert (here.path / "src/a.py").read_bytes() == FIXED.replace("\n", "\r\n").encode()


def test_a_file_that_cannot_be_written_is_left_whole(
    here: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("backout.actions.fixing.command.write_whole", full)
    assert main(["gate", "--all", "--fix"]) == 1
    assert "it cannot be written: No space left on device" in capsys.readouterr().out
    assert (here.path / "src/b.py").read_text() == USE


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--diff"], id="a difference of nothing"),
        pytest.param(["--fix", "--tree", "HEAD"], id="a commit is not rewritten"),
        pytest.param(["--fix", "--from", "HEAD"], id="a range is not rewritten"),
        pytest.param(["--fix", "--all", "--shard", "1/2"], id="a part"),
    ],
)
def test_what_cannot_be_asked(here: Repository, options: list[str]) -> None:
    assert main(["gate", *options]) == 2
