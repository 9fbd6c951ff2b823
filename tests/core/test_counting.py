import pytest

from core.counting import counted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        (" \t\r\n　\u00a0\u200b\ufeff\u2028", 0),
        ("一、履职。", 5),
        ("第 1 季度\n", 4),
        ("GDP 5%", 5),
        ("𬱖䶮", 2),
        ("葛\U000e0100", 1),
    ],
)
def test_length_counts_characters_and_punctuation(text, length):
    assert counted_length(text) == length
