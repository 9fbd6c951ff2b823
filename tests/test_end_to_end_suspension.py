"""Suspended, and back again or out; an order refused; a post taken away by another city's rules."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.caseacts import (
    called,
    consult,
    decided_and_told,
    everybody_finds,
    heard,
    listed,
    notify,
    open_by_hand,
    play_to_publication,
    roster_says,
)
from tests.casework import CALLS, LEADER, REGISTRAR, STAYS, Play, Scene, Stage, shown, staged
from tests.running import House, running_house

SUSPECTED = "涉嫌严重违纪违法，可能受到撤销委员资格处理"
CLEARED = "经查不存在严重违法违纪行为，不符合撤销委员资格情形"
SUSPENSION, BACK, OUT = "暂停履行委员职责", "恢复履行委员职责", "撤销委员资格"
SCENES = {
    "back-party": Scene(
        kind=SUSPENSION, name="沈立夏", is_cpc=True, ground=SUSPECTED, is_late=True, decider=LEADER,
    ),
    "back-other": Scene(
        kind=SUSPENSION, name="唐芒种", is_cpc=False, ground=SUSPECTED, is_late=True,
        on_paper="组织部",
    ),
    "out": Scene(kind=SUSPENSION, name="许小暑", is_cpc=False, ground=SUSPECTED, is_late=True),
    "post-party": Scene(
        kind="责令辞去常委职务", name="魏寒露", is_cpc=True, suggestion="责令辞去常委职务",
        missed="council", ground="一年中无故 2 次不出席常委会会议", decider=LEADER,
    ),
    "post-other": Scene(
        kind="责令辞去常委职务", name="严霜降", is_cpc=False, suggestion="责令辞去常委职务",
        missed="council", ground="一年中无故 2 次不出席常委会会议", on_paper="统战部",
    ),
    "refusal": Scene(
        kind="责令辞去委员", name="袁大暑", is_cpc=True,
        ground="受到撤销党内职务、留党察看、政务记大过、降级、撤职等处分",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("suspension")) as house:
        yield house


@pytest.fixture(scope="module")
def stage(house: House, browser: Browser) -> Iterator[Stage]:
    with staged(house, browser, SCENES.values(), pack="yueqing") as stage:
        yield stage


def carry_to_the_end(play: Play) -> None:
    open_by_hand(play)
    consult(play)
    play.act(REGISTRAR, "提出建议", 10)
    decided_and_told(play)
    everybody_finds(play)


def suspend(stage: Stage, scene: Scene) -> None:
    """The member is left out of what the office calls meanwhile, and hears nothing of it."""
    play = Play(stage, scene)
    carry_to_the_end(play)
    roster_says(play, "suspensions-0-start_date", play.decided_on)
    meeting = stage.calls[scene.name][0]
    assert called(stage, meeting, "全体委员") & {STAYS, scene.name} == {STAYS}
    notify(stage, meeting)
    assert CALLS[0] + scene.name not in heard(stage, scene.name)


@pytest.mark.parametrize("side", ["party", pytest.param("other", marks=pytest.mark.once)])
def test_suspended_member_comes_back(stage: Stage, side: str):
    scene = SCENES[f"back-{side}"]
    suspend(stage, scene)
    play = Play(stage, scene.then(kind=BACK, ground=CLEARED))
    carry_to_the_end(play)
    roster_says(play, "suspensions-0-end_date", play.decided_on)

    missed, next_one = stage.calls[scene.name]
    assert listed(stage, missed) & {STAYS, scene.name} == {STAYS, scene.name}
    assert called(stage, next_one, "全体委员") & {STAYS, scene.name} == {STAYS, scene.name}
    notify(stage, next_one)
    assert CALLS[1] + scene.name in heard(stage, scene.name)


@pytest.mark.once
def test_suspended_member_is_put_out(stage: Stage):
    scene = SCENES["out"]
    suspend(stage, scene)
    play = Play(stage, scene.then(kind=OUT, ground="被依法追究刑事责任"))
    carry_to_the_end(play)
    roster_says(play, "exited_date", play.decided_on)
    roster_says(play, "suspensions-0-end_date", play.decided_on)

    missed, next_one = stage.calls[scene.name]
    assert listed(stage, missed) & {STAYS, scene.name} == {STAYS}
    assert called(stage, next_one, "全体委员") & {STAYS, scene.name} == {STAYS}
    notify(stage, next_one)
    assert CALLS[1] + scene.name not in heard(stage, scene.name)


@pytest.mark.once
@pytest.mark.parametrize("side", ["party", "other"])
def test_post_goes_by_the_rules_of_another_city(stage: Stage, side: str):
    play_to_publication(Play(stage, SCENES[f"post-{side}"]))


@pytest.mark.once
def test_refused_order_becomes_a_revocation(stage: Stage):
    scene = SCENES["refusal"]
    order = Play(stage, scene)
    open_by_hand(order)
    consult(order)
    order.act(REGISTRAR, "提出建议")
    page = order.at_case(REGISTRAR)
    expect(page.get_by_role("link", name="拒不提交书面申请", exact=True)).to_have_count(0)
    order.act(REGISTRAR, "提醒")
    order.act(REGISTRAR, "劝说")
    order.act(REGISTRAR, "拒不提交书面申请")

    page = order.at_case(REGISTRAR)
    shown(page, "拒不提交申请")
    play = Play(
        stage, scene.then(kind=OUT, ground="符合责令辞去情形，经提醒、劝说后拒不提交书面申请")
    )
    page.get_by_role("link", name=OUT, exact=True).first.click()
    shown(page, "由此转来")
    play.path = page.url.removeprefix(stage.house.url)
    # Why it was opened is told by the order's own trail.
    play.done.append((order.done[-1][0], ""))
    consult(play)
    play.act(REGISTRAR, "提出建议")
    decided_and_told(play)
    everybody_finds(play)
    roster_says(play, "exited_date", play.decided_on)
    page = order.at_case(REGISTRAR)
    shown(page, "已终止")
    assert called(stage, stage.calls[scene.name][0], "全体委员") & {STAYS, scene.name} == {STAYS}
