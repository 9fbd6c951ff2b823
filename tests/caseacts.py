"""The acts of a case as its people do them in their browsers, and what everybody finds afterwards."""

import re
from io import BytesIO

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.casework import (
    DEPARTMENTS,
    LEADER,
    OF_THE_POST,
    REGISTRAR,
    STANDS,
    STAYS,
    UNPUBLISHED,
    Play,
    Stage,
    day,
    shown,
)

#: Of the page of changes: who, and why, the oldest first.
TRAIL = """
panels => panels.filter(panel => panel.querySelector('h3')).map(panel => [
  panel.querySelector('h3').firstChild.textContent.trim().split('　')[1],
  (panel.querySelector(':scope > p')?.textContent ?? '').replace('事由：', '')]).reverse()
"""


def play_to_publication(play: Play) -> None:
    """From the rules' suggestion; what everybody finds in the end is right."""
    scene, stage = play.scene, play.stage
    open_on_suggestion(play)
    consult(play)
    play.act(REGISTRAR, "提出建议", 10)
    if scene.kind == "辞去委员" and not scene.is_cpc:
        apply_to_resign(play)
    elif scene.kind != "撤销委员资格":
        play.act(REGISTRAR, "提醒")
        play.act(REGISTRAR, "劝说")
        apply_in_own_account(play)
    decided_and_told(play)
    everybody_finds(play)
    meeting = stage.calls[scene.name][0]
    if scene.kind in OF_THE_POST:
        roster_says(play, "tenures-0-end_date", play.decided_on)
        assert called(stage, meeting, "全体常委") & {STANDS, scene.name} == {STANDS}
    else:
        roster_says(play, "exited_date", play.decided_on)
        assert called(stage, meeting, "全体委员") & {STAYS, scene.name} == {STAYS}


def decided_and_told(play: Play) -> None:
    """From the submission to the last party told, and, where it is made public, to that."""
    play.act(REGISTRAR, "提请审议", 7)
    refuse_the_proposer(play)
    decide(play)
    assert play.scene.name in issue(play, "起草决定通知书（本人）")
    if play.scene.is_cpc:
        assert play.scene.name in issue(play, "起草决定通知（单位）")
    deliver(play)
    if play.scene.kind not in UNPUBLISHED:
        assert play.scene.name in issue(play, "起草公告")
        publish(play)


def everybody_finds(play: Play) -> None:
    board_shows_ended(play)
    trail_tells(play)
    member_reads(play)


# From a suggestion to an open case --------------------------------------------------------------
def open_on_suggestion(play: Play) -> None:
    """Of all that the rules suggest on the member one is confirmed, the others dismissed."""
    scene = play.scene
    path = f"/exits/members/{play.stage.members[scene.name]}/suggestions/"
    page = play.stage.open(REGISTRAR, path)
    sides = page.locator(".case-side")
    suggested = sides.locator("h2").evaluate_all(
        "heads => heads.map(head => head.firstChild.textContent.trim())"
    )
    others = [one for one in suggested if one not in {scene.suggestion, "约谈", "提醒"}]
    assert len(others) == {"plenary": 2}.get(scene.missed, 0)
    for other in others:
        judge(page, sides.filter(has=page.get_by_role("heading", name=other)), "不予采纳")
    chosen = sides.filter(has=page.get_by_role("heading", name=scene.suggestion))
    judge(page, chosen, "确认")
    chosen.get_by_role("link", name=f"立案：{scene.kind}").click()
    expect(page.get_by_label(scene.ground, exact=True)).to_be_checked()
    fill_opening(play, page)


def judge(page: Page, side: Locator, verdict: str) -> None:
    side.get_by_label("理由").fill("已核对记录。")
    side.get_by_role("button", name=verdict, exact=True).click()
    shown(page, f"”{'已确认' if verdict == '确认' else verdict}")


def open_by_hand(play: Play) -> None:
    page = play.stage.open(REGISTRAR, "/exits/cases/")
    page.locator(".office-actions").get_by_role("link", name="立案", exact=True).click()
    page.get_by_label("姓名或编号").fill(play.scene.name)
    page.get_by_role("button", name="查找").click()
    page.locator(".case-list li", has_text=play.scene.name).get_by_role("link").click()
    kind = page.locator(".case-list li").filter(
        has=page.locator("strong").get_by_text(play.scene.kind, exact=True)
    )
    kind.get_by_role("link", name="选定").click()
    page.get_by_label(play.scene.ground, exact=True).check()
    fill_opening(play, page)


def fill_opening(play: Play, page: Page) -> None:
    words = play.words("立案")
    page.get_by_label("事由", exact=True).fill(words)
    play.date_back(page, "立案日期", 20)
    if play.scene.decider == LEADER:
        page.get_by_label(LEADER).check()
    page.get_by_role("button", name="立案", exact=True).click()
    shown(page, "已立案。")
    play.path = page.url.removeprefix(play.stage.house.url)
    play.done.append((REGISTRAR, words))


# Until it is laid before those who decide -------------------------------------------------------
def consult(play: Play) -> None:
    """The departments are told and speak; the one that is not asked finds nothing."""
    scene = play.scene
    answers = [status_for(play, who) for who in DEPARTMENTS.values()]
    assert answers == [404, 404]
    play.act(REGISTRAR, "通报情况", 18, 下一步时限=day(10))
    for department in scene.consulted:
        if department == scene.on_paper:
            opine_on_paper(play, department)
        else:
            opine(play, department)
    if len(scene.consulted) == 1:
        outsider = DEPARTMENTS[scene.other_side]
        assert status_for(play, outsider) == 404
        page = play.stage.open(outsider, "/exits/opinions/")
        waiting = page.locator("section", has_text="待提出意见")
        expect(waiting).to_be_visible()
        expect(waiting).not_to_contain_text(scene.name)


def status_for(play: Play, who: str) -> int:
    """The answer to who asks for the case by its address."""
    page = play.stage.page_of(who)
    return page.request.get(f"{play.stage.house.url}{play.path}").status


def opine(play: Play, department: str) -> None:
    who = DEPARTMENTS[department]
    page = play.stage.open(who, "/exits/opinions/")
    page.get_by_role("link", name=f"对{play.scene.name}的事项提出意见").click()
    say(play, page, who)


def opine_on_paper(play: Play, department: str) -> None:
    page = play.at_case(REGISTRAR)
    page.locator(".office-actions").get_by_role("link", name="会商意见", exact=True).click()
    page.get_by_label("部门").select_option(label=department)
    page.get_by_label("来文文号").fill("萍组函〔2026〕7号")
    say(play, page, REGISTRAR)
    expect(page.locator(".case-opinion", has_text=department)).to_contain_text("代录")


def say(play: Play, page: Page, who: str) -> None:
    words = play.words("会商意见")
    page.get_by_label("同意", exact=True).check()
    play.date_back(page, "意见日期", 15)
    page.get_by_label("意见内容", exact=True).fill(words)
    page.get_by_role("button", name="登记会商意见").click()
    shown(page, "已登记“会商意见”。")
    play.done.append((who, words))


def apply_in_own_account(play: Play) -> None:
    """On the phone, in the matter the member was told of."""
    name, words = play.scene.name, play.words("本人申请")
    page = play.stage.open(name, "/exits/own/")
    page.get_by_role("link", name=f"{play.scene.kind}事项").click()
    page.get_by_label("申请理由").fill(words)
    page.get_by_role("button", name="提交书面申请").click()
    shown(page, "书面申请已提交。")
    play.done.append((name, words))


def apply_to_resign(play: Play) -> None:
    """On the phone, untold of what the office has opened."""
    name, words = play.scene.name, play.words("本人申请")
    page = play.stage.open(name, "/exits/own/")
    shown(page, "没有与您有关的事项。")
    page.get_by_role("link", name="申请辞去委员").click()
    page.get_by_label("辞去委员的理由").fill(words)
    page.get_by_role("button", name="提交申请").click()
    shown(page, "申请已提交市政协办公室。")
    play.done.append((name, words))


# The decision and what follows ------------------------------------------------------------------
def refuse_the_proposer(play: Play) -> None:
    """Who made the proposal is not offered the decision, nor let in by its address."""
    refusal = "建议由您提出，决定须由另一位工作人员或领导登记。"
    page = play.at_case(REGISTRAR)
    shown(page, refusal)
    expect(page.get_by_role("link", name="登记决定")).to_have_count(0)
    play.stage.open(REGISTRAR, f"{play.path}decide/")
    expect(page.locator("[name=meeting]")).to_have_count(0)
    shown(page, refusal)


def decide(play: Play) -> None:
    """Found on the board by somebody else, and recorded with a nervous double click."""
    scene, words = play.scene, play.words("作出决定")
    play.number = f"萍协发〔2026〕{next(play.stage.numbers)}号"
    page = play.stage.open(scene.decider, "/exits/cases/?show=decision")
    row = page.locator(".case-board tr", has_text=scene.name).filter(has_text=scene.kind)
    row.get_by_role("link").click()
    page.get_by_role("link", name="登记决定").click()
    page.get_by_label("通过", exact=True).check()
    play.date_back(page, "决定日期", 4)
    play.decided_on = page.get_by_label("决定日期", exact=True).input_value()
    page.get_by_label("作出决定的会议").fill("五届二十次会议")
    page.get_by_label("决定文号").fill(play.number)
    page.get_by_label("所在单位或推荐单位").fill("萍乡某公司")
    page.get_by_label("决定要点").fill(words)
    page.get_by_role("button", name="登记决定").dblclick()
    expect(
        page.get_by_text("已登记“作出决定”。").or_(page.get_by_text("不能办理“作出决定”")).first
    ).to_be_visible()
    play.done.append((scene.decider, words))
    play.at_case(scene.decider)
    expect(page.locator(".case-steps strong", has_text="作出决定")).to_have_count(1)


def issue(play: Play, link: str) -> str:
    """The words of the letter as it is downloaded once it has its number."""
    page = play.at_case(REGISTRAR)
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_role("button", name="印发", exact=True).click()
    shown(page, "已印发：")
    return downloaded(page, page.get_by_role("link", name="下载 PDF"))


def downloaded(page: Page, link: Locator) -> str:
    with page.expect_download() as waiting:
        link.click()
    pages = PdfReader(BytesIO(waiting.value.path().read_bytes())).pages
    return re.sub(r"\s", "", "".join(one.extract_text() for one in pages))


def deliver(play: Play) -> None:
    """To everybody the rules name, as far as the member has them."""
    page = play.at_case(REGISTRAR)
    waiting = page.get_by_role("link", name="登记送达", exact=True)
    is_told_to_counties = play.scene.is_cpc or play.scene.kind == "恢复履行委员职责"
    to_tell = 5 if is_told_to_counties else 4
    for left in range(to_tell, 0, -1):
        expect(waiting).to_have_count(left)
        waiting.first.click()
        play.date_back(page, "送达日期", 2)
        page.get_by_label("送达方式").fill("专人送达，当面签收")
        page.get_by_role("button", name="登记送达", exact=True).click()
        shown(page, "已登记送达：")
    expect(page.locator(".case-list .is-good")).to_have_count(to_tell)
    rows = page.locator(".case-list li", has=page.locator(".is-good")).locator("div")
    told = [re.sub(r"\s+", " ", one.split("\n")[0]) for one in rows.all_inner_texts()]
    play.done += [(REGISTRAR, f"{one}：专人送达，当面签收") for one in told]


def publish(play: Play) -> None:
    play.act(REGISTRAR, "向社会公布", 0, 公布于="萍乡政协网")


# What everybody finds afterwards ----------------------------------------------------------------
def member_reads(play: Play) -> None:
    """The decision and the letter; not a word of what the others wrote for one another."""
    scene = play.scene
    page = play.stage.open(scene.name, "/exits/own/")
    page.get_by_role("link", name=f"{scene.kind}事项").first.click()
    shown(page, play.number)
    shown(page, "专人送达，当面签收")
    body = page.locator("body").inner_text()
    told = [words for who, words in play.done if who != scene.name and words]
    assert [words for words in told if words in body] == []
    assert [words for who, words in play.done if who == scene.name and words not in body] == []
    letter = page.locator("section", has=page.get_by_role("heading", name="公文"))
    assert scene.name in downloaded(page, letter.get_by_role("link"))


def board_shows_ended(play: Play) -> None:
    page = play.stage.open(REGISTRAR, "/exits/cases/")
    row = page.locator("#ended tr", has_text=play.scene.name).filter(has_text=play.number)
    expect(row).to_contain_text(play.scene.kind)
    expect(row).to_contain_text("已书面通知" if play.scene.kind in UNPUBLISHED else "已公布")
    expect(page.locator(".case-board tr", has_text=play.scene.name)).to_have_count(0)


def trail_tells(play: Play) -> None:
    page = play.at_case(REGISTRAR)
    page.get_by_role("link", name="修改记录").click()
    shown(page, "的全部改动")
    kept = [tuple(one) for one in page.locator("section.office-panel").evaluate_all(TRAIL)]
    assert kept == play.done


def roster_says(play: Play, field_name: str, on: str) -> None:
    pk = play.stage.members[play.scene.name]
    page = play.stage.open(REGISTRAR, f"/admin/members/member/{pk}/change/")
    expect(page.locator(f"[name={field_name}]")).to_have_value(on.replace("-", "/"))


def called(stage: Stage, meeting: int, scope: str) -> set[str]:
    """Who is on the list of a meeting that the office calls now."""
    page = stage.open(REGISTRAR, f"/attendance/meetings/{meeting}/scope/")
    page.get_by_label(scope).check()
    page.get_by_role("button", name="预览变化").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_role("link", name="会务概况").wait_for()
    return listed(stage, meeting)


def listed(stage: Stage, meeting: int) -> set[str]:
    page = stage.open(REGISTRAR, f"/attendance/meetings/{meeting}/expected/")
    page.get_by_role("link", name="会务概况").wait_for()
    return set(page.locator("tbody th a").all_inner_texts())


def notify(stage: Stage, meeting: int) -> None:
    page = stage.open(REGISTRAR, f"/attendance/meetings/{meeting}/notices/create/")
    page.get_by_role("button", name="发出通知").click()
    shown(page, "通知已发出。")


def heard(stage: Stage, name: str) -> str:
    """What the member was sent, the decision among it."""
    page = stage.open(name, "/members/notices/")
    shown(page, "决定通知：")
    return page.locator("main").inner_text()
