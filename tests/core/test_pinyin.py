import pytest

from core.pinyin import spellings


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("张三", ("zhangsan", "zs")),
        ("单文清", ("shanwenqing", "swq")),
        ("仇和", ("qiuhe", "qh")),
        ("曾毅", ("zengyi", "zy")),
        ("单于明", ("chanyuming", "cym")),
        ("乐天", ("yuetian", "yt", "letian", "lt")),
        ("吕红", ("lvhong", "lh")),
        ("阿布都·热合曼", ("abudoureheman", "abdrhm")),
        ("", ("",)),
    ],
)
def test_names_are_found_by_spelling_and_initials(name, found):
    assert spellings(name) == found
