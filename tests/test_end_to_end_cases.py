"""Each kind of case from the suggestion to the published notice, by all who have a part in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.caseacts import play_to_publication
from tests.casework import LEADER, Play, Scene, Stage, staged
from tests.running import House, running_house

SCENES = {
    "order-party": Scene(
        kind="责令辞去委员", name="陈大勇", is_cpc=True, suggestion="责令辞去委员",
        missed="plenary", ground="届内连续 2 次全程不参加全体会议", decider=LEADER,
    ),
    "order-other": Scene(
        kind="责令辞去委员", name="冯小满", is_cpc=False, suggestion="责令辞去委员",
        missed="plenary", ground="届内连续 2 次全程不参加全体会议",
    ),
    "resign-party": Scene(
        kind="辞去委员", name="褚清明", is_cpc=True, suggestion="劝辞委员",
        missed="plenary", ground="未经批准连续 2 次不出席全体会议，经劝辞", decider=LEADER,
    ),
    "resign-other": Scene(
        kind="辞去委员", name="卫惊蛰", is_cpc=False, suggestion="劝辞委员",
        missed="plenary", ground="未经批准连续 2 次不出席全体会议，经劝辞", on_paper="统战部",
    ),
    "revoke-party": Scene(
        kind="撤销委员资格", name="何立春", is_cpc=True, suggestion="撤销委员资格",
        missed="plenary", ground="届内无故 2 次全程不参加全体会议", is_late=True, decider=LEADER,
    ),
    "revoke-other": Scene(
        kind="撤销委员资格", name="蒋小雪", is_cpc=False, suggestion="撤销委员资格",
        missed="plenary", ground="届内无故 2 次全程不参加全体会议", is_late=True,
        on_paper="统战部",
    ),
    "advise-party": Scene(
        kind="劝辞常委职务", name="孔白露", is_cpc=True, suggestion="劝辞常委职务",
        missed="council", ground="未经批准连续 2 次不出席常委会会议", decider=LEADER,
    ),
    "advise-other": Scene(
        kind="劝辞常委职务", name="罗谷雨", is_cpc=False, suggestion="劝辞常委职务",
        missed="council", ground="未经批准连续 2 次不出席常委会会议",
    ),
}  # fmt: skip

#: The longest one, with the application in the member's own account; the others do the same acts.
ON_EVERY_DATABASE = ("order-party",)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("cases")) as house:
        yield house


@pytest.fixture(scope="module")
def stage(house: House, browser: Browser) -> Iterator[Stage]:
    with staged(house, browser, SCENES.values(), pack="pingxiang") as stage:
        yield stage


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ON_EVERY_DATABASE else pytest.mark.once)
        for name in SCENES
    ],
)
def test_case_goes_from_suggestion_to_publication(stage: Stage, name: str):
    play_to_publication(Play(stage, SCENES[name]))
