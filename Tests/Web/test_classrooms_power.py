"""Switching the power of rooms: asked, sent, confirmed by the relay's own report, or failed; never just done."""
import re

import pytest
from conftest import PHONE
from fake.people import hub as make_hub
from playwright.sync_api import expect
from waiting import rest

RUN = "/classrooms/admin"


@pytest.fixture
def school(serve):
    """A stand-in server that asks who one is, with the classrooms of the demonstration, of this test's own."""
    return serve(accounts=make_hub(), classrooms=True)


def of(world):
    """What stands in for the routes of those who run classrooms."""
    return next(part for part in world.classrooms.parts if hasattr(part, "relays"))


def at_room(open_page, school, id, **options):
    page = open_page(f"{school.url}{RUN}/rooms/{id}", who="ada", on=school, **options)
    rest(page)
    return page, page.locator("section", has=page.get_by_role("heading", name="Power"))


def switch(card, word, length=None):
    card.locator(".choice-row label", has_text=re.compile(f"^{word}$")).click()
    if length:
        card.get_by_label("For how long").select_option(label=length)
    card.get_by_role("button", name="Switch").click()


def marks(card):
    return card.locator(".steps li").evaluate_all("all => all.map((e) => e.dataset.mark)")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_word_is_followed_until_the_relay_confirms_it(school, open_page, size):
    page, card = at_room(open_page, school, "room-1-204", size=size)
    says = card.get_by_role("status")
    switch(card, "On", "2 hours")
    expect(says).to_contain_text("On: Asked The device hears of it with its next report", use_inner_text=True)
    assert marks(card) == ["now", "ahead", "ahead"]
    assert school.do(lambda world: of(world).asked[-1]) == {"power_on": True, "minutes": 120}
    expect(card.get_by_text(re.compile(r"On until \d\d:\d\d, because a person said so"))).to_be_visible()
    expect(card.get_by_text("Power off")).to_be_visible()                   # what the relay says, not what was asked
    expect(card.get_by_text("should be on, because a person said so")).to_be_visible()
    asked = page.watch.answers()
    school.do(lambda world: of(world).sent("room-1-204"))
    expect(says).to_contain_text("On: Sent The device has it; the relay has not reported yet.", use_inner_text=True)
    assert marks(card) == ["past", "now", "ahead"]
    school.do(lambda world: world.classrooms.relay("room-1-204", True))
    expect(says).to_contain_text("On: Confirmed The relay reports that it is so.", use_inner_text=True)
    expect(card.get_by_text("Power on")).to_be_visible()
    assert marks(card) == ["past", "past", "past"]
    assert page.watch.answers() == asked, "it heard of all that, and asked nothing"


@pytest.mark.parametrize("sent, problem, words, ends", [(False, "not_reached", "The device was not heard of for five minutes.", ["past", "broken", "ahead"]),
                                                        (True, "not_confirmed", "The device had the word, and its relay did not follow.", ["past", "past", "broken"])])
def test_a_word_that_fails_says_why_and_needs_attention(school, open_page, sent, problem, words, ends):
    page, card = at_room(open_page, school, "room-1-204")
    first = open_page(f"{school.url}{RUN}", who="ada", on=school)
    rest(first)
    switch(card, "On", "Until somebody says otherwise")
    expect(card.get_by_text("On until somebody says otherwise.")).to_be_visible()
    assert school.do(lambda world: of(world).asked[-1]) == {"power_on": True}
    if sent:
        school.do(lambda world: of(world).sent("room-1-204"))
    school.do(lambda world: of(world).fail("room-1-204", problem))
    expect(card.get_by_role("status")).to_contain_text(f"On: Failed {words}", use_inner_text=True)
    assert marks(card) == ends
    row = first.get_by_role("row", name=re.compile("Room 1.204"))
    expect(row).to_have_text(re.compile(f"Did not switch.*Should be on. {words}", re.S), use_inner_text=True)
    # It followed after all: nobody needs to look any more.
    school.do(lambda world: world.classrooms.relay("room-1-204", True))
    expect(row).to_have_count(0)


def test_a_room_without_a_device_fails_at_once(school, open_page):
    page, card = at_room(open_page, school, "library-corner")
    expect(card.get_by_text("The room has no device: nothing can be switched.")).to_be_visible()
    switch(card, "On")
    expect(card.get_by_role("status")).to_contain_text("Failed The room has no device.", use_inner_text=True)
    assert marks(card) == ["past", "broken", "ahead"]


def test_the_power_is_given_back_to_the_rules(school, open_page):
    page, card = at_room(open_page, school, "computer-room")
    expect(card.get_by_text(re.compile("On until"))).to_be_visible()
    switch(card, "By the rules")
    assert school.do(lambda world: of(world).asked[-1]) == {"power_on": None}
    expect(card.get_by_text("should be off, because nobody is there")).to_be_visible()
    expect(card.get_by_text(re.compile("On until"))).to_have_count(0)
    school.do(lambda world: world.classrooms.relay("computer-room", False))
    expect(card.get_by_role("status")).to_contain_text("By the rules: Confirmed", use_inner_text=True)


def test_the_list_of_all_rooms_follows_and_switches_each(school, open_page):
    page = open_page(f"{school.url}{RUN}/power", who="ada", on=school)
    rest(page)
    row = page.get_by_role("row", name=re.compile("Great Hall"))
    row.get_by_role("link", name="Switch… Great Hall").click()
    dialog = page.get_by_role("dialog", name="Power of Great Hall")
    switch(dialog, "On")
    expect(dialog.get_by_role("status")).to_contain_text("Asked", use_inner_text=True)
    school.do(lambda world: of(world).sent("great-hall"))
    expect(row).to_contain_text("Sent", use_inner_text=True)
    school.do(lambda world: world.classrooms.relay("great-hall", True))
    expect(dialog.get_by_role("status")).to_contain_text("Confirmed", use_inner_text=True)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row).to_have_text(re.compile("Great Hall.*Power on.*Confirmed", re.S), use_inner_text=True)
    page.get_by_role("link", name=re.compile("^Failed")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Room 1.206", use_inner_text=True)


def test_a_word_that_the_hub_refuses_is_not_shown_as_given(school, open_page):
    page, card = at_room(open_page, school, "room-1-204")
    page.watch.allowed.append("403")
    school.do(lambda world: world.broken.update({"/api/admin/classrooms/room-1-204/power": (403, "forbidden", "This is not allowed", "This needs the right classrooms.power.")}))
    switch(card, "On")
    expect(card.get_by_role("alert")).to_contain_text("This needs the right classrooms.power.", use_inner_text=True)
    expect(card.locator(".steps")).to_have_count(0)
