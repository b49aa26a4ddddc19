"""Every spec on the kernel and on plain SQL; the pages made of them are up to date."""

import pytest
from specs.pages import FOLDER, PAGES, page, specs
from specs.running import by_kernel, by_sql, expected, made
from specs.spec import Spec


@pytest.mark.parametrize("engine", [by_kernel, by_sql], ids=["kernel", "sql"])
@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.sentence)
def test_an_engine_gives_the_values_drawn(spec, engine, tmp_path):
    assert made(spec, engine, tmp_path) == expected(spec)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_specs_say(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == page(name), (
        "run `python tests/spec/render.py`"
    )


def test_each_sentence_stands_once():
    sentences = [spec.sentence for spec in specs()]
    assert len(set(sentences)) == len(sentences)


def test_a_spec_with_another_value_fails(tmp_path):
    source, rows = (
        "key | happened\na | 2022-01-01",
        "entity | as_of | count_all\na | 2022-04-01 | 2",
    )
    wrong = Spec("A wrong count", source, "aggregates: [count]\nwindows: [all]", rows)
    assert made(wrong, by_kernel, tmp_path) == [{"count_all": 1}]
    assert expected(wrong) == [{"count_all": 2}]
